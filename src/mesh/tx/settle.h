#pragma once

#include "ledger/transaction_type.h"
#include "mesh/lifecycle.h"

namespace icn::mesh {

inline constexpr std::size_t kReceiptsPerSettle = 256;

// What the ledger needs of a receipt; the whole one is the block `receipt_cid`.
struct ReceiptClaim {
  JobId job_id;
  std::uint32_t attempt = 1;
  AttemptEnd end = AttemptEnd::kCompleted;
  std::uint64_t fuel_used = 0;
  codec::Cid receipt_cid;
  std::optional<codec::Cid> result_cid;
  std::optional<std::string> code;  // of a failure: J004, J005, J008, J009
  // The executor, when it is not the sender, and its signature over claim_signing_bytes().
  std::optional<Did> executor;
  std::optional<KeyId> key;
  std::optional<codec::HexBytes> signature;
  std::optional<codec::Cid> effects_cid;  // of a completed job whose submission grants some

  static constexpr std::string_view schema_name = "ReceiptClaim";
  static constexpr auto fields() {
    using codec::field;
    return described(field("job_id", &ReceiptClaim::job_id, "CID"),
                     field("attempt", &ReceiptClaim::attempt, "", {1, kAttemptsMax}),
                     field("end", &ReceiptClaim::end), field("fuel_used", &ReceiptClaim::fuel_used),
                     field("receipt_cid", &ReceiptClaim::receipt_cid, "block of the signed receipt"),
                     field("result_cid", &ReceiptClaim::result_cid, "of a completed job"),
                     field("code", &ReceiptClaim::code, "of a failed job: J004, J005, J008, J009", {4, 4}),
                     field("executor", &ReceiptClaim::executor, "when it is not the sender"),
                     field("key", &ReceiptClaim::key, "of the executor"),
                     field("signature", &ReceiptClaim::signature, "of the executor", {64, 64}),
                     field("effects_cid", &ReceiptClaim::effects_cid, "what the run asks of the ledger"));
  }
};

// "icn:receipt-claim:v1" 0x00 and the canonical JSON of the claim without its signature.
std::string claim_signing_bytes(const ReceiptClaim& claim);

// J005: the members of one do not fit together.
Result<void> check_claims(const std::vector<ReceiptClaim>& claims);
// J005: effects that the job's submission does not grant.
Result<void> check_effects(const Job& job, const ReceiptClaim& claim);
// As the claim's executor says it; `sender` is the executor when the claim names none.
AttemptReport report_of(const ReceiptClaim& claim, const Did& sender);

struct ClaimOutcome {
  std::string result;  // "settled", "verifying" (a replica, until all are in), "retry", or the code of the
                       // refusal: nothing was changed then
  JobStatus status = JobStatus::kSubmitted;
  Millimana paid;
  Millimana refunded;
  static constexpr std::string_view schema_name = "ClaimOutcome";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("result", &ClaimOutcome::result, "settled, verifying, retry, or why it changed nothing"),
        field("status", &ClaimOutcome::status, "of the job"), field("paid", &ClaimOutcome::paid, "mana"),
        field("refunded", &ClaimOutcome::refunded, "mana"));
  }
};

// "mesh.settle": the coordinator accepts receipts; each pays and refunds in one step. A receipt that comes
// again, too late or for another attempt changes nothing and does not hinder the others. On a node alone the
// coordinator is the executor, and no assignment stands before it.
//   check   J005
//   outcomes, one a receipt: settled, verifying, retry; job_not_found, not_coordinator, job_ended,
//   wrong_attempt, J005 (not the assigned executor, no valid signature)
struct SettleJobs {
  static constexpr bool has_outcome_each = true;
  struct Body {
    std::vector<ReceiptClaim> receipts;
    static constexpr auto fields() {
      return described(codec::field("receipts", &Body::receipts, "", {1, kReceiptsPerSettle}));
    }
  };
  struct Output {
    std::vector<ClaimOutcome> outcomes;
    static constexpr std::string_view schema_name = "SettleResult";
    static constexpr auto fields() {
      return described(codec::field("outcomes", &Output::outcomes, "in the order of the receipts"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::mesh
