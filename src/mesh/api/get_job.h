#pragma once

#include "economics/tables.h"
#include "mesh/api/job_view.h"

namespace icn::mesh::api {

// GET /mesh/jobs
struct ListJobs {
  struct Input {
    std::optional<JobStatus> status;
    std::optional<Did> submitter;
    std::optional<Did> executor;
    std::optional<TimestampSecs> since;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("status", &Input::status, "of the ledger: a running job is submitted or assigned"),
          field("submitter", &Input::submitter), field("executor", &Input::executor),
          field("since", &Input::since, "submitted at or after, Unix seconds"),
          http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<JobView>;
  static constexpr std::string_view summary = "Jobs, newest first";
  static http::AnswerVersion answer_version(const Api& api, const http::Request& request);
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// GET /mesh/jobs/{id}
struct GetJob {
  struct Input {
    JobId id;
    static constexpr auto fields() { return described(codec::field("id", &Input::id, "job id")); }
  };
  struct Output {
    JobView job;
    std::optional<JobSpec> spec;
    std::vector<JudgedBid> bids;
    std::optional<Receipt> receipt;
    std::optional<Progress> progress;
    std::optional<std::vector<JobView>> replicas;
    static constexpr std::string_view schema_name = "JobDetail";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("job", &Output::job), field("spec", &Output::spec, "for the job's parties"),
          field("bids", &Output::bids, "of the newest assignment, with the parts of their scores"),
          field("receipt", &Output::receipt), field("progress", &Output::progress),
          field("replicas", &Output::replicas, "of a job that several executors run, itself first"));
    }
  };
  static constexpr std::string_view summary = "A job with its timeline, bids, escrow and receipt";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// GET /mesh/jobs/{id}/ledger
struct GetJobLedger {
  using Input = GetJob::Input;
  struct Item {
    Did did;
    economics::EntryKind kind = economics::EntryKind::kLock;
    Millimana amount;
    Millimana balance_after;
    TimestampSecs at = 0;
    static constexpr std::string_view schema_name = "JobLedgerItem";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("did", &Item::did), field("kind", &Item::kind), field("amount", &Item::amount, "mana"),
          field("balance_after", &Item::balance_after, "mana"), field("at", &Item::at, "Unix seconds"));
    }
  };
  struct Output {
    std::vector<Item> items;
    bool is_complete = true;
    static constexpr std::string_view schema_name = "JobLedger";
    static constexpr auto fields() {
      using codec::field;
      return described(field("items", &Output::items, "oldest first"),
                       field("is_complete", &Output::is_complete, "false: older entries were not searched"));
    }
  };
  static constexpr std::string_view summary = "What a job moved on the accounts of its parties";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::mesh::api
