#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/session.h"

// A job's way through the node, as the command line takes it.
namespace icn::cli {

// Who may run a job, and who of those does. What is empty or 0 is not asked for.
struct JobTerms {
  std::uint64_t cpu_cores = 1;
  std::uint64_t storage_mb = 0;
  std::uint64_t gpus = 0;
  std::vector<std::string> capabilities;
  std::vector<std::string> federations;  // ids; one of them will do
  std::string trust_scope;
  std::uint64_t reputation_min = 0;
  std::string strategy = "best_score";
  std::string privacy = "restricted";
  std::string deadline;  // Unix seconds, or "+" and seconds from now
  bool is_long_running = false;
  bool may_differ = false;  // results of several executors
};

struct JobOptions {
  std::string module;               // file or CID
  std::vector<std::string> inputs;  // files or CIDs
  std::vector<std::string> args;
  std::vector<std::string> environment;  // "NAME=value"
  std::string function;
  std::string max_price;  // mana; empty: the upper end of the estimate
  std::uint64_t fuel = 10'000'000;
  std::uint64_t memory_mb = 64;
  std::uint64_t execution_secs = 30;
  std::vector<std::string> reads;       // "mana_balance:DID"
  std::vector<std::string> grants;      // submit_job, pay, spend
  std::vector<std::string> recipients;  // of payments
  std::string mana_max;                 // that effects may cost together
  std::uint64_t executors = 1;          // that run it; more: their results are compared
  bool must_all_agree = false;          // else two thirds
  JobTerms terms;
  bool is_waiting = false;
  std::string output_file;
};

// Uploads module and inputs, submits, and with is_waiting waits for the end: the result goes to output_file
// or standard output, receipt and cost to standard error. A job that failed: kNotMet.
void submit_job(Session& session, const JobOptions& options);
void estimate_job(Session& session, const JobOptions& options);
// Goes on from what an ended job had saved, as a new job.
// `checkpoint`: CID of a state; empty: the newest the node has. With --key: makes the spec and signs it here.
struct ResumeOptions {
  std::string job_id;
  std::string checkpoint;
  std::string max_price;             // mana; empty: as before
  std::uint64_t execution_secs = 0;  // 0: as before
  std::string deadline;              // as JobTerms::deadline; empty: as before
  bool is_waiting = false;
  std::string output_file;
};
void resume_job(Session& session, const ResumeOptions& options);
void cancel_job(Session& session, const std::string& job_id);
void dispute_job(Session& session, const std::string& job_id);
void show_effects(Session& session, const std::string& job_id);
// With --key: reads the list and signs it here.
void confirm_job(Session& session, const std::string& job_id, bool is_declined);
// What the job logged so far; followed: until it ends.
void print_logs(Session& session, const std::string& job_id, bool is_followed);

}  // namespace icn::cli
