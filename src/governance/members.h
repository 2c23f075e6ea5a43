#pragma once

#include <optional>
#include <string>
#include <vector>

#include "governance/member.h"
#include "governance/proposal.h"
#include "governance/scope.h"
#include "ledger/context.h"
#include "ledger/due.h"
#include "ledger/view.h"

// How members come, change and go. Thread: the ledger's writer, but for what takes a Reader.
// Source: domain.md 4.
namespace icn::governance {

inline constexpr std::string_view kProbationDue = "governance.probation";
// Event type: {did, scope, status, voting}.
inline constexpr std::string_view kMemberEvent = "MemberChanged";

Result<std::optional<Member>> load_member(const ledger::Reader& state, const std::string& scope,
                                          const Did& did);
// scope_not_found
Result<Scope> load_scope(const ledger::Reader& state, const std::string& scope);

// Who may propose, sponsor, delegate and object.
//   G001   no member of the scope, or gone
//   G007   is pending, suspended or on probation
Result<Member> require_full_member(const ledger::Reader& state, const std::string& scope, const Did& did);

// Where what concerns the whole network is decided: in scope local, and once several organisations are one
// federation in theirs, since the founder's members alone may not decide about the others.
Result<std::string> network_scope(const ledger::Reader& state);
// wrong_scope
Result<void> check_network_scope(const ledger::Reader& state, const std::string& scope);
// The protocol is changed by the validators of a federation, one vote an organisation, in category protocol
// of scope validators:ID; a network of one organisation decides it like all else of the network. wrong_scope
Result<void> check_protocol_scope(const ledger::Reader& state, const Proposal& proposal);
// The organisations of a federation come and go with it (federation.join, federation.leave), not by
// governance, which only says who may come (applications.h). wrong_scope
Result<void> check_own_members(const ledger::Reader& state, const std::string& scope);

struct Admission {
  std::string scope;
  Did did;
  Did sponsor;
  std::vector<std::string> roles;
  std::string proposal_id;  // empty: the first members, or open membership
  bool on_probation = false;
};
// Makes an Active member, of whoever is none, applies, or was suspended; the first of a scope makes the
// scope. Its account gets the start grant if it never had one. member_exists
Result<void> admit(const ledger::BlockContext& block, ledger::View& view, const Admission& admission,
                   std::vector<ledger::Event>& events);

// Notes an applicant, and forgets one who is still no more than that. member_exists, member_state
Result<void> note_applicant(const ledger::BlockContext& block, ledger::View& view, const std::string& scope,
                            const Did& did, const Did& sponsor);
Result<void> forget_applicant(ledger::View& view, const std::string& scope, const Did& did);

// Whether the scope could still vote without the member: nobody is voted out who is the last.   last_voter
Result<void> keeps_a_voter(const ledger::Reader& state, const Member& member);

// member_not_found, member_state; suspend also last_voter. Whoever wants to leave may, the last one too.
Result<void> suspend(const ledger::BlockContext& block, ledger::View& view, const std::string& scope,
                     const Did& did, std::vector<ledger::Event>& events);
Result<void> depart(const ledger::BlockContext& block, ledger::View& view, const std::string& scope,
                    const Did& did, std::vector<ledger::Event>& events);

// Whether the text may be a role's name: a-z, 0-9, - and _, 64 at most.
bool is_role_name(std::string_view role);
inline constexpr std::string_view kSteward = "steward";
// member_not_found, member_state (has it, has it not, has too many)
Result<void> grant_role(const ledger::BlockContext& block, ledger::View& view, const std::string& scope,
                        const Did& did, const std::string& role, const std::string& proposal_id);
Result<void> revoke_role(const ledger::BlockContext& block, ledger::View& view, const std::string& scope,
                         const Did& did, const std::string& role);
// What an active member's vote weighs from the next vote on.   member_not_found, member_state
Result<void> set_weight(const ledger::BlockContext& block, ledger::View& view, const std::string& scope,
                        const Did& did, std::uint32_t weight);
Result<std::vector<Did>> holders_of(const ledger::Reader& state, const std::string& scope,
                                    const std::string& role);

// Of them those who are full members now: a suspended steward neither acts nor is waited for.
Result<std::vector<Did>> acting_holders_of(const ledger::Reader& state, const std::string& scope,
                                           const std::string& role);

// The run() of the end of a probation.
Result<void> end_probation(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                           std::vector<ledger::Event>& events);

}  // namespace icn::governance
