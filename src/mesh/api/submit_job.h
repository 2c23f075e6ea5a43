#pragma once

#include "mesh/api/job_view.h"

namespace icn::mesh::api {

// POST /mesh/jobs. Takes a spec (as JSON, as the text of one, or as its block), or the CID of one that is
// here, and submits it for a DID whose key this node keeps; or the whole signed "mesh.submit" transaction,
// beside which `spec`, `input_data` and `bid_window_ms` may stand. Nothing is locked when the node's queue is
// full (mesh_queue_full, 503 with Retry-After). ?wait=SECS (60 at most) answers when the job has ended, with
// its receipt and a small result; a job that takes longer is answered as it stands then.
struct SubmitJob {
  struct InputData {
    std::string name;
    Bytes data;
    static constexpr std::string_view schema_name = "JobInputData";
    static constexpr auto fields() {
      return described(codec::defaulted_field("name", &InputData::name, "file name", {0, 128}),
                       codec::field("data", &InputData::data, "base64"));
    }
  };
  struct Input {
    std::optional<Did> submitter_did;
    std::optional<codec::Cid> manifest_cid;
    std::optional<JobSpec> spec;
    std::optional<codec::Json> spec_json;
    std::optional<Bytes> spec_bytes;
    std::vector<InputData> input_data;
    std::optional<Millimana> max_price;
    std::optional<Millimana> cost_mana;
    std::optional<Did> coordinator;
    std::optional<std::uint32_t> bid_window_ms;
    static constexpr auto fields() {
      using codec::defaulted_field;
      using codec::field;
      return described(
          field("submitter_did", &Input::submitter_did, "DID that pays; default: the caller's only one"),
          field("manifest_cid", &Input::manifest_cid, "a spec that is here, in place of `spec`"),
          field("spec", &Input::spec), field("spec_json", &Input::spec_json, "a spec, or its JSON as text"),
          field("spec_bytes", &Input::spec_bytes, "a spec's DAG-CBOR block or JSON, base64"),
          defaulted_field("input_data", &Input::input_data,
                          "stored as private blocks and added to the inputs", {0, 64}),
          field("max_price", &Input::max_price, "mana; sets that of the spec", {1'000, kMillimanaMax.value}),
          field("cost_mana", &Input::cost_mana, "the same by another name", {1'000, kMillimanaMax.value}),
          field("coordinator", &Input::coordinator, "DID of a node; default: this one"),
          field("bid_window_ms", &Input::bid_window_ms,
                "how long this node, as coordinator, waits for bids; default: its setting",
                {kBidWindowMsMin, kBidWindowMsMax}));
    }
  };
  struct Output {
    JobId job_id;
    std::string status;
    Escrow escrow;
    TransactionId transaction_id;
    std::uint64_t height = 0;
    std::optional<std::string> code;
    std::optional<codec::Cid> result_cid;
    std::optional<codec::Cid> receipt_cid;
    std::optional<Receipt> receipt;
    std::optional<ResultView> result;
    static constexpr std::string_view schema_name = "JobAnswer";
    static constexpr auto fields() {
      using codec::field;
      return described(field("job_id", &Output::job_id), field("status", &Output::status),
                       field("escrow", &Output::escrow), field("transaction_id", &Output::transaction_id),
                       field("height", &Output::height, "block of the submission"),
                       field("code", &Output::code, "why it failed"),
                       field("result_cid", &Output::result_cid), field("receipt_cid", &Output::receipt_cid),
                       field("receipt", &Output::receipt, "with ?wait, once the job has ended"),
                       field("result", &Output::result, "with ?wait, up to 64 KiB"));
    }
  };
  static constexpr std::string_view summary = "Submit a job; with ?wait answer its result";
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;

  static void handle(Api& api, http::ExchangePtr exchange);
};

// Submits `spec` for a DID whose key this node keeps, with this node as its coordinator; answers as POST
// /mesh/jobs does, ?wait included.
void submit_spec(Api& api, http::ExchangePtr exchange, const Did& submitter, const JobSpec& spec);

}  // namespace icn::mesh::api
