#pragma once

#include "governance/tx/propose.h"

namespace icn::governance {

inline constexpr std::string_view kSafetyCommittee = "safety-committee";
inline constexpr std::string_view kConstitutionalGuardian = "constitutional-guardian";
inline constexpr std::string_view kVetoEvent =
    "ProposalVetoed";  // {proposal_id, scope, did, reason, is_vetoed}

// The role whose holders may veto proposals of the category together; empty: nobody may.
constexpr std::string_view veto_body_of(ProposalCategory category) {
  switch (category) {
    case ProposalCategory::kTechnical:
    case ProposalCategory::kEmergency:
      return kSafetyCommittee;
    case ProposalCategory::kConstitutional:
      return kConstitutionalGuardian;
    default:
      return "";
  }
}

// "governance.veto": one of a veto body is against what was decided, while it is queued, with a public
// reason. With more than half of those who hold the role and may act it is vetoed. A vote that repeats a
// vetoed proposal with the larger threshold is not vetoed again.
//   apply   proposal_not_found, wrong_state (not queued, or overrides a veto), G001, G007 (no such role),
//           already_vetoed
struct Veto {
  struct Body {
    std::string proposal_id;
    codec::Cid reason_cid;
    static constexpr auto fields() {
      using codec::field;
      return described(field("proposal_id", &Body::proposal_id, "pr_ and 32 hex digits", {1, 64}),
                       field("reason_cid", &Body::reason_cid, "public block with the reason"));
    }
  };
  using Output = ProposalStanding;
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// Makes `proposal` the repeat vote over the vetoed proposal `of`: governance.override_ppm more are needed.
//   proposal_not_found, wrong_state (no body vetoed it), bad_action (other actions, scope or category),
//   bad_method (counts no share of yes)
Result<void> repeat_vetoed(const ledger::BlockContext& block, const ledger::Reader& state,
                           const std::string& of, Proposal& proposal);

}  // namespace icn::governance
