#pragma once

#include "mesh/lifecycle.h"

// Doubt about what an executor says it made: other executors run the job again and the majority decides. On
// the ledger; who is called follows from the state. Source: domain.md 7 (state table), design.md 6.
// Thread: the ledger's writer, but for what only reads.
namespace icn::mesh {

// Event type: {job_id, judges[], by?}. Told when judges are called.
inline constexpr std::string_view kJobDisputed = "JobDisputed";
inline constexpr std::size_t kSampleJudgesMax = 3;

// A tenth of the price.
Millimana stake_of(const Job& job);

// From now on `executor` may be called to judge, unless it is a key that nobody has vouched for: anybody can
// make any number of them.
Result<void> note_executor(const Step& step, const Did& executor);

// Opens one on `by`'s stake: of a completed job while its pay is held, which is locked until the decision; or
// of a claim that is not paid yet. The caller has checked that it may.   exceeds_balance
Result<void> open_dispute(const Step& step, const JobId& id, Job& job, const Did& by,
                          const std::optional<codec::Cid>& reason);

// Of a job that just ended with held pay: calls judges if it is drawn (mesh.sample_ppm, by job, receipt and
// the hash of the block before), without a stake, and unless nobody but its parties could judge. The job
// stays completed; the pay is held anyway. Changes `job` alone.
Result<void> draw_check(const Step& step, const JobId& id, Job& job);

// Of a replica whose executor says other than another one (redundancy.h): calls kSampleJudgesMax judges that
// are none of `parties`, without a stake. False: there are none.
Result<bool> open_check(const Step& step, const JobId& id, Job& job, const std::vector<Did>& parties);

// True while `judge` is called and has not voted.
bool is_vote_awaited(const Job& job, const Did& judge);

// Decides as soon as more than half of the judges say the same.
//   upheld      a completed job's pay goes back to the submitter, a claimed job's stays there; out
//               of its lock
//               the executor gives the disputer its stake once more (a drawn one: loses all its lock); the
//               job has failed with J005
//   rejected    the stake is burned; pay and lock are free (a drawn one: stay held as they were)
// Of a replica: decide_replicas().
//   undecided   (by time, without a majority) the stake goes back, else as rejected
Result<void> add_vote(const Step& step, const JobId& id, Job& job, const JudgeVote& vote);
// The time to vote is over.
Result<void> decide_late(const Step& step, const JobId& id, Job& job);

}  // namespace icn::mesh
