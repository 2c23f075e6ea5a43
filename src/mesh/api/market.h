#pragma once

#include "mesh/api/job_view.h"

namespace icn::mesh::api {

// POST /mesh/jobs/estimate
struct EstimateJob {
  struct Input {
    JobSpec spec;
    static constexpr auto fields() { return described(codec::field("spec", &Input::spec)); }
  };
  struct Output {
    Millimana price_min;
    Millimana price_max;
    std::uint32_t eligible_executors = 0;
    std::uint64_t wait_secs = 0;
    std::vector<std::string> problems;
    static constexpr std::string_view schema_name = "JobEstimate";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("price_min", &Output::price_min, "mana"),
          field("price_max", &Output::price_max, "mana; max_price bounds what is paid"),
          field("eligible_executors", &Output::eligible_executors,
                "known ones whose bid the ledger would take"),
          field("wait_secs", &Output::wait_secs, "before it starts, about"),
          field("problems", &Output::problems, "why it would be refused now, or nobody would run it"));
    }
  };
  static constexpr std::string_view summary = "What a job would cost, and how long it would wait";
  static constexpr bool changes_state = false;
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// GET /mesh/metrics
struct GetMeshMetrics {
  struct Input {
    static constexpr auto fields() { return codec::described(); }
  };
  struct Output {
    std::uint64_t submitted = 0;
    std::uint64_t completed = 0;
    std::uint64_t failed = 0;
    std::uint64_t cancelled = 0;
    std::uint64_t active = 0;
    std::uint64_t queued = 0;
    std::uint64_t running = 0;
    std::uint64_t long_running = 0;
    std::uint64_t settling = 0;
    Millimana paid;
    std::uint64_t mean_wait_us = 0;
    std::uint64_t mean_run_us = 0;
    std::uint64_t mean_total_us = 0;
    static constexpr std::string_view schema_name = "MeshMetrics";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("submitted", &Output::submitted, "jobs of the network so far"),
          field("completed", &Output::completed), field("failed", &Output::failed),
          field("cancelled", &Output::cancelled), field("active", &Output::active, "submitted and not ended"),
          field("queued", &Output::queued, "on this node"),
          field("running", &Output::running, "on this node"),
          field("long_running", &Output::long_running, "for more than 60 s, on this node"),
          field("settling", &Output::settling, "run here, not settled yet"),
          field("paid", &Output::paid, "mana to executors so far"),
          field("mean_wait_us", &Output::mean_wait_us,
                "from the queue to the run, of this node's runs since its start"),
          field("mean_run_us", &Output::mean_run_us, "of these runs"),
          field("mean_total_us", &Output::mean_total_us, "from the queue to the end of the job"));
    }
  };
  static constexpr std::string_view summary = "Totals of the mesh";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// GET /mesh/executors
struct ListExecutors {
  using Input = GetMeshMetrics::Input;
  struct Item {
    Did executor;
    std::uint64_t workers = 0;
    std::uint64_t running = 0;
    std::uint64_t queued = 0;
    std::uint64_t queue_max = 0;
    std::vector<std::string> kinds;
    Millimana price;
    TimestampSecs heard_at = 0;
    std::uint32_t cpu_cores = 0;
    std::uint32_t gpus = 0;
    std::vector<std::string> capabilities;
    std::vector<std::string> trust_scopes;
    std::vector<std::string> federations;
    std::uint32_t reputation = 0;
    static constexpr std::string_view schema_name = "Executor";
    static constexpr auto fields() {
      using codec::field;
      return described(field("executor", &Item::executor), field("workers", &Item::workers),
                       field("running", &Item::running), field("queued", &Item::queued),
                       field("queue_max", &Item::queue_max), field("kinds", &Item::kinds),
                       field("price", &Item::price, "mana, of a job that asks for nothing"),
                       field("heard_at", &Item::heard_at, "Unix seconds of its last word"),
                       field("cpu_cores", &Item::cpu_cores), field("gpus", &Item::gpus),
                       field("capabilities", &Item::capabilities, "by its own word"),
                       field("trust_scopes", &Item::trust_scopes, "by its own word"),
                       field("federations", &Item::federations, "by the ledger"),
                       field("reputation", &Item::reputation, "by the ledger, whole points"));
    }
  };
  using Output = http::Page<Item>;
  static constexpr std::string_view summary = "Executors this node knows, with load and price";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /mesh/receipts. Says what is true of a receipt; settles nothing.
struct CheckReceipt {
  using Input = Receipt;
  struct Output {
    bool accepted = false;
    bool is_signature_valid = false;
    bool is_known = false;
    bool is_settled = false;
    std::string reason;
    static constexpr std::string_view schema_name = "ReceiptCheck";
    static constexpr auto fields() {
      using codec::field;
      return described(field("accepted", &Output::accepted, "signature valid, and the one the ledger names"),
                       field("is_signature_valid", &Output::is_signature_valid),
                       field("is_known", &Output::is_known, "the ledger knows the job"),
                       field("is_settled", &Output::is_settled, "the ledger names this receipt"),
                       field("reason", &Output::reason, "empty when accepted"));
    }
  };
  static constexpr std::string_view summary = "Check a receipt's signature and whether the ledger names it";
  static constexpr bool changes_state = false;
  static constexpr bool is_signed_body = true;
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::mesh::api
