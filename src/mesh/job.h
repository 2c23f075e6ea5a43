#pragma once

#include "mesh/job_effects.h"
#include "mesh/submission.h"

// A job as the ledger holds it: ids, numbers and CIDs. Format: docs/formats/job.md.
namespace icn::mesh {

// What the ledger knows; that a job is bidding or running is shown from messages and memory.
enum class JobStatus : std::uint8_t {
  kSubmitted,
  kAssigned,
  kCompleted,
  kFailed,
  kCancelled,
  kClaimed,
  kDisputed,
  kVerifying
};
constexpr auto enum_names(JobStatus) {
  using Name = std::pair<JobStatus, std::string_view>;
  return std::array{Name(JobStatus::kSubmitted, "submitted"), Name(JobStatus::kAssigned, "assigned"),
                    Name(JobStatus::kCompleted, "completed"), Name(JobStatus::kFailed, "failed"),
                    Name(JobStatus::kCancelled, "cancelled"), Name(JobStatus::kClaimed, "claimed"),
                    Name(JobStatus::kDisputed, "disputed"),   Name(JobStatus::kVerifying, "verifying")};
}
constexpr bool is_final(JobStatus status) {
  return status == JobStatus::kCompleted || status == JobStatus::kFailed || status == JobStatus::kCancelled;
}
// From the assignment to the end. Claimed: the executor has shown its receipt to the ledger itself. A replica
// that is verifying waits for the others, and has none when nobody ran it.
constexpr bool has_executor(JobStatus status) {
  return status == JobStatus::kAssigned || status == JobStatus::kClaimed || status == JobStatus::kDisputed;
}

// How an attempt came to its end. The last three depend on the machine: they are no result, and the
// job is tried again (design.md 6).
enum class AttemptEnd : std::uint8_t { kCompleted, kFailed, kTimedOut, kOutOfMemory, kUnavailable };
constexpr auto enum_names(AttemptEnd) {
  using Name = std::pair<AttemptEnd, std::string_view>;
  return std::array{Name(AttemptEnd::kCompleted, "completed"), Name(AttemptEnd::kFailed, "failed"),
                    Name(AttemptEnd::kTimedOut, "timed_out"), Name(AttemptEnd::kOutOfMemory, "out_of_memory"),
                    Name(AttemptEnd::kUnavailable, "unavailable")};
}

inline constexpr std::uint32_t kAttemptsMax = 3;

struct AttemptName {
  JobId job_id;
  std::uint32_t attempt = 1;
  static constexpr std::string_view schema_name = "JobAttempt";
  static constexpr auto fields() {
    using codec::field;
    return described(field("job_id", &AttemptName::job_id, "CID", {1, 128}),
                     field("attempt", &AttemptName::attempt, "", {1, kAttemptsMax}));
  }
  auto operator<=>(const AttemptName&) const = default;
};

// What everybody starts with (0 to 100).
inline constexpr std::uint32_t kDefaultReputation = 50;

// At a final state paid + refunded + burned = locked, before it all three are 0.
struct Escrow {
  Millimana locked;
  Millimana paid;
  Millimana refunded;
  Millimana burned;
  static constexpr std::string_view schema_name = "JobEscrow";
  static constexpr auto fields() {
    using codec::field;
    return described(field("locked", &Escrow::locked, "mana locked at submission"),
                     field("paid", &Escrow::paid, "to the executor"),
                     field("refunded", &Escrow::refunded, "to the submitter"),
                     field("burned", &Escrow::burned));
  }
  bool operator==(const Escrow&) const = default;
};

struct TimelineEntry {
  JobStatus state = JobStatus::kSubmitted;
  TimestampSecs at = 0;
  std::string reason;  // a code, "attempt_2", or empty
  static constexpr std::string_view schema_name = "JobTimelineEntry";
  static constexpr auto fields() {
    using codec::field;
    return described(field("state", &TimelineEntry::state), field("at", &TimelineEntry::at, "Unix seconds"),
                     field("reason", &TimelineEntry::reason, "a code, or empty"));
  }
  bool operator==(const TimelineEntry&) const = default;
};

enum class DisputeState : std::uint8_t { kOpen, kUpheld, kRejected, kUndecided };
constexpr auto enum_names(DisputeState) {
  using Name = std::pair<DisputeState, std::string_view>;
  return std::array{Name(DisputeState::kOpen, "open"), Name(DisputeState::kUpheld, "upheld"),
                    Name(DisputeState::kRejected, "rejected"), Name(DisputeState::kUndecided, "undecided")};
}

// What a judge's own run of the job says of its receipt.
struct JudgeVote {
  Did judge;
  bool agrees = false;
  static constexpr std::string_view schema_name = "JudgeVote";
  static constexpr auto fields() {
    using codec::field;
    return described(field("judge", &JudgeVote::judge),
                     field("agrees", &JudgeVote::agrees, "its own run came to the same"));
  }
  bool operator==(const JudgeVote&) const = default;
};

// Somebody doubts a receipt, or the ledger has drawn it to be checked: others run the job again.
struct Dispute {
  std::optional<Did> by;  // none: drawn (mesh.sample_ppm)
  Millimana stake;
  std::optional<codec::Cid> reason_cid;
  TimestampSecs opened_at = 0;
  std::vector<Did> judges;
  std::vector<JudgeVote> votes;
  bool is_of_claim = false;  // the receipt was claimed and not yet paid
  DisputeState state = DisputeState::kOpen;
  static constexpr std::string_view schema_name = "JobDispute";
  static constexpr auto fields() {
    using codec::field;
    return described(field("by", &Dispute::by, "absent: the ledger has drawn the job to be checked"),
                     field("stake", &Dispute::stake, "mana"),
                     field("reason_cid", &Dispute::reason_cid, "block that holds the reason"),
                     field("opened_at", &Dispute::opened_at, "Unix seconds"),
                     field("judges", &Dispute::judges, "executors that run it again"),
                     field("votes", &Dispute::votes),
                     field("is_of_claim", &Dispute::is_of_claim, "of a receipt that was not paid yet"),
                     field("state", &Dispute::state));
  }
  bool operator==(const Dispute&) const = default;
};

struct Job {
  Did submitter;
  std::uint64_t number = 0;  // jobs are counted from 1 in the order of their submission
  Submission submission;
  JobStatus status = JobStatus::kSubmitted;
  TimestampSecs submitted_at = 0;
  std::uint64_t due_secs = 0;  // running time of its due row
  JobId group;                 // of a replica: the job it belongs to, which is its first one; empty: none
  std::uint32_t replica = 0;   // from 1
  std::uint32_t attempt = 1;
  TimestampSecs not_before = 0;  // block time from which this attempt may start
  // What this attempt may use; grows when it was the cause of a retry.
  std::uint32_t memory_mb = 0;
  std::uint32_t execution_secs = 0;
  std::vector<Did> excluded;  // lost an attempt of this job

  Did executor;  // of the newest assignment; at the end: who was paid
  Millimana price;
  Millimana executor_lock;
  TimestampSecs assigned_at = 0;
  TimestampSecs started_at = 0;  // the executor said so with "mesh.start"; 0: it did not
  std::uint32_t est_secs = 0;

  Escrow escrow;
  codec::Cid result;
  codec::Cid receipt;
  std::uint64_t fuel_used = 0;
  std::string code;  // why it failed
  // What the executor got at the end and cannot use until that running time; 0: nothing is held.
  std::uint64_t held_until_secs = 0;
  Millimana held_lock;  // of its lock, beside its pay
  std::optional<Dispute> dispute;
  std::vector<TimelineEntry> timeline;
  std::optional<JobEffects> effects;
  std::optional<JobId> parent;  // the job that asked for this one

  static constexpr auto fields() {
    using codec::field;
    return described(field("submitter", &Job::submitter), field("number", &Job::number),
                     field("submission", &Job::submission), field("status", &Job::status),
                     field("submitted_at", &Job::submitted_at), field("due_secs", &Job::due_secs),
                     field("group", &Job::group), field("replica", &Job::replica),
                     field("attempt", &Job::attempt), field("not_before", &Job::not_before),
                     field("memory_mb", &Job::memory_mb), field("execution_secs", &Job::execution_secs),
                     field("excluded", &Job::excluded), field("executor", &Job::executor),
                     field("price", &Job::price), field("executor_lock", &Job::executor_lock),
                     field("assigned_at", &Job::assigned_at), field("started_at", &Job::started_at),
                     field("est_secs", &Job::est_secs), field("escrow", &Job::escrow),
                     field("result", &Job::result), field("receipt", &Job::receipt),
                     field("fuel_used", &Job::fuel_used), field("code", &Job::code),
                     field("held_until_secs", &Job::held_until_secs), field("held_lock", &Job::held_lock),
                     field("dispute", &Job::dispute), field("timeline", &Job::timeline),
                     field("effects", &Job::effects), field("parent", &Job::parent));
  }
  bool operator==(const Job&) const = default;
};

}  // namespace icn::mesh
