#pragma once

#include "identity/guardianship.h"
#include "ledger/transaction.h"

namespace icn::identity {

// Where a recovery stands: the answer of all three transactions.
struct RecoveryOutput {
  Did did;
  std::string new_key;
  std::string state;  // "collecting", "waiting", "cancelled"
  std::vector<Did> approvals;
  std::uint32_t threshold = 0;
  TimestampSecs due_at = 0;
  static constexpr std::string_view schema_name = "RecoveryAnswer";
  static constexpr auto fields() {
    using codec::field;
    return described(field("did", &RecoveryOutput::did),
                     field("new_key", &RecoveryOutput::new_key, "z6Mk..."),
                     field("state", &RecoveryOutput::state, "collecting, waiting or cancelled"),
                     field("approvals", &RecoveryOutput::approvals, "guardians"),
                     field("threshold", &RecoveryOutput::threshold, "how many must approve"),
                     field("due_at", &RecoveryOutput::due_at,
                           "Unix seconds: collecting, when it lapses; waiting, when it takes effect"));
  }
};

// "identity.recover": a guardian asks for a new key of a DID, and approves it. Who is to have the key proves
// that they do. A guardian stands for one key at a time: its approval of another is taken back, unless enough
// have approved that.
//   check      I001, bad_public_key, I007
//   precheck   did_not_found, did_deactivated, not_guardian, key_used_before, recovery_exists,
//              I006 (another key waits already), too_many_identity_operations
struct RecoverDid {
  struct Body {
    Did did;
    std::string new_key;
    codec::HexBytes nonce;
    codec::HexBytes proof;
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("did", &Body::did, "whose key is lost"),
          field("new_key", &Body::new_key, "as in z6Mk...", {1, 64}),
          field("nonce", &Body::nonce, "16 random bytes, hex", {16, 16}),
          field("proof", &Body::proof, "signature of the new key, docs/formats/identity.md", {64, 64}));
    }
  };
  using Output = RecoveryOutput;
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// "identity.approve_recovery": a further guardian agrees. With enough of them the delay begins.
//   check      I001, bad_public_key
//   precheck   not_guardian, recovery_not_found, recovery_state (it agreed already, or enough did),
//              too_many_identity_operations
struct ApproveRecovery {
  struct Body {
    Did did;
    std::string new_key;
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Body::did, "whose key is lost"),
                       field("new_key", &Body::new_key, "as in z6Mk...", {1, 64}));
    }
  };
  using Output = RecoveryOutput;
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// "identity.cancel_recovery": the DID itself, with any key it has, takes a recovery back while it waits. The
// second time within 30 days freezes its keys: guardians may then finish another one.
//   check      did_cannot_change, bad_public_key
//   precheck   recovery_not_found, I010 (not enough have approved yet: there is nothing to stop)
struct CancelRecovery {
  struct Body {
    std::string new_key;
    static constexpr auto fields() {
      return described(codec::field("new_key", &Body::new_key, "as in z6Mk...", {1, 64}));
    }
  };
  using Output = RecoveryOutput;
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// The same of one that is under way.
RecoveryOutput recovery_output(const Recovery& recovery, std::uint32_t threshold);

}  // namespace icn::identity
