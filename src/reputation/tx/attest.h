#pragma once

#include "ledger/transaction_type.h"
#include "reputation/attestations.h"

namespace icn::reputation {

struct AttestationOutput {
  Did about;
  std::string claim;
  AttestationState state = AttestationState::kPending;
  std::uint64_t attesters = 0;
  std::optional<TimestampSecs> holds_until;
  static constexpr std::string_view schema_name = "AttestationResult";
  static constexpr auto fields() {
    using codec::field;
    using O = AttestationOutput;
    return described(field("about", &O::about), field("claim", &O::claim), field("state", &O::state),
                     field("attesters", &O::attesters, "who ever said so and are kept"),
                     field("holds_until", &O::holds_until, "Unix seconds; absent: it does not hold"));
  }
};

// "reputation.attest": the sender, of a reputation of 50 at least, says that a claim about somebody is true;
// again: renews it. Somebody and their devices are one voice (is_ones_own() of ../note.h).
//   check   I001, unsupported_did_method, attests_self, malformed (the claim)
//   apply   not_verified, reputation_too_low, attests_self (about what is one's own, or whose one is)
struct Attest {
  struct Body {
    Did about;
    std::string claim;
    std::optional<codec::Cid> evidence_cid;
    static constexpr auto fields() {
      using codec::field;
      return described(field("about", &Body::about, "of whom it is said"),
                       field("claim", &Body::claim, "as skill:baking", {1, 80}),
                       field("evidence_cid", &Body::evidence_cid, "block with evidence"));
    }
  };
  using Output = AttestationOutput;
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// "reputation.challenge": the sender, of a reputation of 25 at least, disputes a claim, also one about
// itself: it does not hold before enough attest it anew.
//   check   I001, unsupported_did_method, malformed (the claim, no reason)
//   apply   not_verified, reputation_too_low, attestation_not_found
struct ChallengeAttestation {
  struct Body {
    Did about;
    std::string claim;
    codec::Cid reason_cid;
    static constexpr auto fields() {
      using codec::field;
      return described(field("about", &Body::about, "of whom it is said"),
                       field("claim", &Body::claim, "as skill:baking", {1, 80}),
                       field("reason_cid", &Body::reason_cid, "block with the reason"));
    }
  };
  using Output = AttestationOutput;
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::reputation
