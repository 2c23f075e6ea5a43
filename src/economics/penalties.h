#pragma once

#include <optional>

#include "economics/books.h"
#include "ledger/due.h"

// What a scope takes of somebody for an offence: locked at once, burned when the time to contest it has
// passed. Contested, the scope decides again; what it does not decide is free. Source: domain.md 5
// "Slashing". Thread: the ledger's writer. Format: docs/formats/economics.md.
namespace icn::economics {

inline constexpr std::string_view kPenaltyDue = "economics.penalty";
// Event type: {did, proposal_id, state, amount}.
inline constexpr std::string_view kPenaltyEvent = "ManaPenaltyChanged";

enum class PenalizedFor { kGovernanceManipulation, kNetworkAttack };
constexpr auto enum_names(PenalizedFor) {
  using Name = std::pair<PenalizedFor, std::string_view>;
  return std::array{Name(PenalizedFor::kGovernanceManipulation, "governance_manipulation"),
                    Name(PenalizedFor::kNetworkAttack, "network_attack")};
}

// open: may be contested; burned: nobody did, or the scope decided again that it stands; lifted: the scope
// took it back; lapsed: it was contested, and nobody decided.
enum class PenaltyState { kOpen, kContested, kBurned, kLifted, kLapsed };
constexpr auto enum_names(PenaltyState) {
  using Name = std::pair<PenaltyState, std::string_view>;
  return std::array{Name(PenaltyState::kOpen, "open"), Name(PenaltyState::kContested, "contested"),
                    Name(PenaltyState::kBurned, "burned"), Name(PenaltyState::kLifted, "lifted"),
                    Name(PenaltyState::kLapsed, "lapsed")};
}
constexpr bool is_pending(PenaltyState state) {
  return state == PenaltyState::kOpen || state == PenaltyState::kContested;
}

// Key (DID, proposal that decided it).
struct Penalty {
  Did did;
  std::string proposal_id;
  PenalizedFor offence = PenalizedFor::kGovernanceManipulation;
  codec::Cid evidence;
  Millimana amount;
  PenaltyState state = PenaltyState::kOpen;
  TimestampSecs at = 0;
  std::uint64_t due_secs = 0;        // running time of what happens by itself; 0: nothing
  std::optional<codec::Cid> reason;  // of who contests it
  std::string ended_by;              // proposal; empty: none
  static constexpr auto fields() {
    using codec::field;
    return described(field("did", &Penalty::did), field("proposal_id", &Penalty::proposal_id),
                     field("offence", &Penalty::offence), field("evidence", &Penalty::evidence),
                     field("amount", &Penalty::amount), field("state", &Penalty::state),
                     field("at", &Penalty::at), field("due_secs", &Penalty::due_secs),
                     field("reason", &Penalty::reason), field("ended_by", &Penalty::ended_by));
  }
  bool operator==(const Penalty&) const = default;
};
using PenaltyKey = std::tuple<Did, std::string>;

inline const ledger::Table<PenaltyKey, Penalty> kPenalties{48, "mana_penalties"};

// penalty_not_found
Result<Penalty> load_penalty(const ledger::Reader& state, const Did& did, const std::string& proposal_id);

// `penalty` needs did, proposal_id, offence and evidence. Locks the share of what the account has available
// (economics.slash_*_ppm).   penalty_exists, nothing_to_slash
Result<Penalty> penalize(const ledger::BlockContext& block, ledger::View& view,
                         std::vector<ledger::Event>& events, Penalty penalty);
// Stays the burning for reputation.arbitration_secs.   penalty_not_found, penalty_state
Result<Penalty> contest_penalty(const ledger::BlockContext& block, ledger::View& view,
                                std::vector<ledger::Event>& events, const Did& did,
                                const std::string& proposal_id, const codec::Cid& reason);
// Of a pending one: burns or frees it.   penalty_not_found, penalty_state
Result<void> decide_penalty(const ledger::BlockContext& block, ledger::View& view,
                            std::vector<ledger::Event>& events, const PenaltyKey& key, bool is_upheld,
                            const std::string& decided_by);

Result<void> run_penalty_due(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                             std::vector<ledger::Event>& events);

}  // namespace icn::economics
