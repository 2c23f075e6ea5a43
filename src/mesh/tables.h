#pragma once

#include "ledger/tables.h"
#include "mesh/job.h"
#include "mesh/reads.h"
#include "mesh/selection.h"

// Tables 60 to 79. Format: docs/formats/job.md.
namespace icn::mesh {

// How many jobs of an account have not ended. No row: none.
struct OpenJobs {
  std::uint64_t count = 0;
  static constexpr auto fields() { return described(codec::field("count", &OpenJobs::count)); }
};

// The bids an assignment was made from, with the parts of their scores. Key (job, attempt).
struct JudgedBids {
  std::vector<JudgedBid> bids;
  static constexpr auto fields() { return described(codec::field("bids", &JudgedBids::bids)); }
};
using AttemptKey = std::tuple<JobId, std::uint32_t>;

// An executor whose receipt was settled: may be called as a judge.
struct KnownExecutor {
  TimestampSecs since = 0;
  static constexpr auto fields() { return described(codec::field("since", &KnownExecutor::since)); }
};
// The same by number, from 1 in the order in which they became known: judges are drawn without reading all.
struct ExecutorPlace {
  Did executor;
  static constexpr auto fields() { return described(codec::field("executor", &ExecutorPlace::executor)); }
};

// Answers to what a job declares to read, from its submission to its end; the same for every executor.
struct AssignedReads {
  std::uint32_t attempt = 0;  // the assigned attempt they were answered for; 0: answered before one
  std::vector<ReadRecord> reads;
  static constexpr auto fields() {
    return described(codec::field("attempt", &AssignedReads::attempt),
                     codec::field("reads", &AssignedReads::reads));
  }
};

// An executor whose bids are not taken for a while (redundancy.h).
struct Frozen {
  std::uint64_t until_secs = 0;  // running time
  static constexpr auto fields() { return described(codec::field("until_secs", &Frozen::until_secs)); }
};

// One row, key "jobs".
struct JobCounts {
  std::uint64_t submitted = 0;
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::uint64_t cancelled = 0;
  Millimana paid;
  static constexpr auto fields() {
    using codec::field;
    return described(field("submitted", &JobCounts::submitted), field("completed", &JobCounts::completed),
                     field("failed", &JobCounts::failed), field("cancelled", &JobCounts::cancelled),
                     field("paid", &JobCounts::paid));
  }
};

inline std::optional<Bytes> job_status_index(const Job& job) {
  return ledger::key_of(static_cast<std::uint8_t>(job.status), job.submitted_at, job.number);
}
inline std::optional<Bytes> job_submitter_index(const Job& job) {
  return ledger::key_of(job.submitter, job.submitted_at, job.number);
}

// Stays with a job while its status changes: what lists jobs of every status meets no erased rows.
inline std::optional<Bytes> job_created_index(const Job& job) {
  return ledger::key_of(job.submitted_at, job.number);
}

inline constexpr std::size_t kJobsByStatus = 0;
inline constexpr std::size_t kJobsBySubmitter = 1;
inline constexpr std::size_t kJobsByCreation = 2;

inline const ledger::Table<JobId, Job> kJobs{60,
                                             "mesh_jobs",
                                             {{"idx_jobs_status_created", &job_status_index},
                                              {"idx_jobs_submitter_created", &job_submitter_index},
                                              {"idx_jobs_created", &job_created_index}}};
inline const ledger::Table<Did, OpenJobs> kOpenJobs{61, "mesh_open_jobs"};
inline const ledger::Table<AttemptKey, JudgedBids> kBids{62, "mesh_bids"};
inline const ledger::Table<std::string, JobCounts> kJobCounts{63, "mesh_counts"};
inline const std::string kJobCountsKey = "jobs";
inline const ledger::Table<Did, KnownExecutor> kExecutors{64, "mesh_executors"};
inline const ledger::Table<JobId, AssignedReads> kReads{65, "mesh_reads"};
inline const ledger::Table<Did, Frozen> kFrozen{66, "mesh_frozen"};
inline const ledger::Table<std::uint64_t, ExecutorPlace> kExecutorPlaces{67, "mesh_executor_places"};

}  // namespace icn::mesh
