#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bench/members.h"
#include "devnet/control.h"
#include "devnet/world.h"
#include "mesh/spec.h"

namespace icn::devnet {

// Why a job did not succeed.
enum class Cause {
  kNone,
  kTimeout,     // not ended within 30 s, or stopped at its own limit (J004)
  kNetwork,     // no node has told of it
  kNoExecutor,  // J003
  kRefused,     // the node took no submission
  kFailed,      // it ended otherwise
};
constexpr auto enum_names(Cause) {
  using enum Cause;
  using Name = std::pair<Cause, std::string_view>;
  return std::array{Name(kNone, "none"),       Name(kTimeout, "timeout"),
                    Name(kNetwork, "network"), Name(kNoExecutor, "no_executor"),
                    Name(kRefused, "refused"), Name(kFailed, "failed")};
}

// One job as its submitter saw it.
struct JobSample {
  double at_secs = 0;  // when it was submitted, since the load began
  double seconds = 0;  // from there to its end
  Cause cause = Cause::kNone;
  std::size_t submitted_at = 0;         // number of the node
  std::optional<std::size_t> executor;  // number of the node that ran it, when known
  JobId job;
  double cpu_ms = 0;  // of the run, as the receipt says; 0: unknown
};

// What a job is that patience ended before, by how it last stood. Empty: no node has told of it; "pending":
// one has taken its submission.
struct Unfinished {
  Cause cause = Cause::kNone;
  std::string reason;
};
Unfinished unfinished(const std::string& last_status);

struct JobLoadOptions {
  std::size_t jobs = 50;  // in flight, each submitted as soon as the last one ended
  double duration_secs = 300;
  std::vector<mesh::JobSpec> specs;  // taken in turn
};

struct JobLoadResult {
  double seconds = 0;  // that submissions went on
  std::vector<JobSample> samples;
  std::map<std::string, std::size_t> reasons;  // of failures, with how often
};

// Keeps jobs in flight over POST /mesh/jobs?wait of all nodes in turn, each signed by a member of its own.
// When a node is lost meanwhile the others are asked for the job, as a careful client does.
class JobLoad {
 public:
  // All outlive it.
  JobLoad(const World& world, std::span<const bench::Member> members, JobLoadOptions options)
      : world_(world), members_(members), options_(std::move(options)) {}

  // Blocks until the time is over and what was submitted has ended, or `control` says stop.
  JobLoadResult run(const Control& control);

  // While it runs. Thread: any.
  struct State {
    std::size_t succeeded = 0;
    std::size_t failed = 0;
    std::size_t in_flight = 0;
  };
  State state() const;

 private:
  struct Slot;
  void run_slot(std::size_t number);
  JobSample run_one(Slot& slot, std::size_t node, const mesh::JobSpec& spec);
  void follow(Slot& slot, std::size_t node, JobSample& sample, std::string last_status, std::string& reason);
  void add(JobSample sample, const std::string& reason);
  double now_secs() const;

  const World& world_;
  std::span<const bench::Member> members_;
  const JobLoadOptions options_;
  const Control* control_ = nullptr;
  std::chrono::steady_clock::time_point start_;
  mutable std::mutex mutex_;
  JobLoadResult result_;
  State state_;
};

}  // namespace icn::devnet
