#include "mesh/conduct.h"

#include "reputation/note.h"

namespace icn::mesh {

Result<void> note_success(const Step& step, const JobId& id, const Job& job, const Did& executor,
                          Millimana pay) {
  if (pay.value == 0) return {};
  const Submission& asked = job.submission;
  return reputation::note(step.block, step.view, step.events, step.books,
                          {executor,
                           reputation::EventKind::kSuccessfulJob,
                           job.submitter,
                           id.text(),
                           {},
                           {asked.cpu_cores, asked.memory_mb, asked.storage_mb, asked.gpu}});
}

Result<void> note_failure(const Step& step, const JobId& id, const Job& job) {
  return reputation::note(step.block, step.view, step.events, step.books,
                          {job.executor, reputation::EventKind::kFailedJob, job.submitter, id.text(), {}});
}

std::uint32_t reputation_points(const ledger::Ledger& ledger, const Did& did) {
  const auto store = ledger.store();
  if (!store.ok()) return kDefaultReputation;
  const auto standing = reputation::load_standing(**store, did);
  if (!standing.ok()) return kDefaultReputation;
  return whole_points(reputation::score_at(*standing, ledger.published()->head.header.time));
}

}  // namespace icn::mesh
