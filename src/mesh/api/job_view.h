#pragma once

#include "http/call.h"
#include "mesh/api/context.h"
#include "mesh/tables.h"

// What the answers of several endpoints are made of.
namespace icn::mesh::api {

struct JobView {
  JobId job_id;
  std::string status;  // of the ledger, or "running" while it runs on this node
  Did submitter;
  Did coordinator;
  std::optional<Did> executor;
  JobKind kind = JobKind::kWasm;
  codec::Cid manifest_cid;
  Millimana max_price;
  std::optional<Millimana> price;
  Escrow escrow;
  std::optional<JobId> replica_of;
  std::optional<std::uint32_t> replica;
  std::uint32_t attempt = 1;
  std::uint32_t memory_mb = 0;
  std::uint32_t max_execution_secs = 0;
  std::uint64_t fuel_used = 0;
  std::optional<codec::Cid> result_cid;
  std::optional<codec::Cid> receipt_cid;
  std::optional<std::string> code;
  std::optional<TimestampSecs> deadline;
  TimestampSecs submitted_at = 0;
  std::optional<TimestampSecs> assigned_at;
  std::optional<Dispute> dispute;
  std::vector<TimelineEntry> timeline;
  std::optional<JobEffects> effects;
  std::optional<JobId> parent;

  static constexpr std::string_view schema_name = "Job";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("job_id", &JobView::job_id),
        field("status", &JobView::status,
              "submitted, assigned, claimed, running, verifying, completed, disputed, failed or cancelled"),
        field("submitter", &JobView::submitter), field("coordinator", &JobView::coordinator),
        field("executor", &JobView::executor), field("kind", &JobView::kind),
        field("manifest_cid", &JobView::manifest_cid, "the spec"),
        field("max_price", &JobView::max_price, "mana"),
        field("price", &JobView::price, "mana agreed or paid"), field("escrow", &JobView::escrow),
        field("replica_of", &JobView::replica_of, "the job that several run; it is its first replica"),
        field("replica", &JobView::replica, "from 1"), field("attempt", &JobView::attempt),
        field("memory_mb", &JobView::memory_mb, "limit of this attempt"),
        field("max_execution_secs", &JobView::max_execution_secs, "limit of this attempt"),
        field("fuel_used", &JobView::fuel_used), field("result_cid", &JobView::result_cid),
        field("receipt_cid", &JobView::receipt_cid), field("code", &JobView::code, "why it failed"),
        field("deadline", &JobView::deadline, "Unix seconds"),
        field("submitted_at", &JobView::submitted_at, "Unix seconds"),
        field("assigned_at", &JobView::assigned_at, "Unix seconds"), field("dispute", &JobView::dispute),
        field("timeline", &JobView::timeline),
        field("effects", &JobView::effects, "what the run asks of the ledger"),
        field("parent", &JobView::parent, "the job that asked for this one"));
  }
};

JobView view_of(const Service& service, const JobId& id, const Job& job);

struct ResultView {
  codec::Cid cid;
  std::uint64_t size = 0;
  Bytes data;
  std::optional<std::string> text;
  static constexpr std::string_view schema_name = "JobResult";
  static constexpr auto fields() {
    using codec::field;
    return described(field("cid", &ResultView::cid), field("size", &ResultView::size, "bytes"),
                     field("data", &ResultView::data, "base64"),
                     field("text", &ResultView::text, "the same, when it is UTF-8"));
  }
};
ResultView result_view(const codec::Cid& cid, Bytes bytes);

// job_not_found
Result<Job> find_job(const Api& api, const JobId& id);

// The signed receipt of a job that has one. E001 when its block is not here.
Result<Receipt> load_receipt(const Api& api, const Job& job);

// The body of a signed transaction names the job of the path. malformed.
Result<void> check_path_job(const http::Request& request, const codec::Json& body);

// What a job read and made is for its parties: submitter, executor, coordinator, operators; of a job whose
// spec says public, for all. forbidden.
Result<void> may_read_data(const Api& api, const http::Caller& caller, const Job& job);

}  // namespace icn::mesh::api
