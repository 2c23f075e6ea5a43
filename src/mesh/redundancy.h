#pragma once

#include "mesh/lifecycle.h"

// A job that several executors run, each a replica of it: an ordinary job on the ledger with its own bids,
// escrow and attempts, but no executor runs two, and none ends before all are in. Then the ends are compared.
// Source: domain.md 7 "Sampling(n)", "Full(n)"; rules and money: docs/formats/job.md.
// Thread: the ledger's writer.
namespace icn::mesh {

// The first replica is the job itself; the id of another: CID of the DAG-CBOR block {job, replica}.
JobId replica_id(const JobId& id, std::uint32_t replica);

inline bool is_replica(const Job& job) { return !job.group.empty(); }

// How long the bids of an executor are not taken after judges found that it was wrong. Running time.
inline constexpr std::uint64_t kFrozenSecs = 7 * 86'400;

// Locks max_price for each and writes them all; the first. exceeds_balance
Result<Job> open_replicas(const Step& step, const JobId& id, const Did& submitter,
                          const Submission& submission);

// `executor` has one of them: it gets no other.
Result<void> exclude_from_others(const Step& step, const Job& job, const Did& executor);

// What an executor reported, completed or failed by the job's fault: kept, unpaid, until all are in.
Result<void> deliver_replica(const Step& step, const JobId& id, Job& job, const AttemptReport& report);
// Nobody ran it to an end, and `code` says why: the same with nothing to compare.
Result<void> give_up_replica(const Step& step, const JobId& id, Job& job, const std::string& code);

// What the executor of a replica that waits for the others has earned if it is right: its price, or of a
// failure as much as without redundancy.
Millimana earned(const Job& job);

// The first was cancelled: so are the others, unpaid, but for those that wait for the comparison, which are
// paid as if they agreed.
Result<void> cancel_others(const Step& step, const JobId& group);
// Whether any of them is claimed, or judges look at one: it cannot be cancelled now.
//   J006, job_claimed
Result<void> check_all_open(const ledger::Reader& state, const JobId& group);

// The judges of the replica that carries the dispute have voted, or their time is over.
Result<void> decide_replicas(const Step& step, const JobId& group);

// Whether `executor` is frozen at `running_secs`.
Result<bool> is_frozen(const ledger::Reader& state, const Did& executor, std::uint64_t running_secs);

}  // namespace icn::mesh
