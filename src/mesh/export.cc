#include "mesh/export.h"

#include "mesh/tables.h"

namespace icn::mesh {
namespace {

struct JobsExport {
  std::vector<codec::Cid> submitted;
  static constexpr auto fields() { return described(codec::field("submitted", &JobsExport::submitted)); }
};

Result<codec::Cid> export_jobs(const storage::Reader& state, const Did& did,
                               identity::ExportArchive& archive) {
  JobsExport out;
  ICN_TRY_ASSIGN(jobs, kJobs.scan(state, ledger::prefix_range(ledger::key_of(did), kJobsBySubmitter, true)));
  while (out.submitted.size() < kExportJobsMax) {
    ICN_TRY_ASSIGN(job, jobs.next());
    if (!job) break;
    out.submitted.push_back(archive.put(codec::encode_block(*job)));
    archive.include(job->receipt);
  }
  return archive.put(codec::encode_block(out));
}

}  // namespace

identity::ExportPart jobs_export() { return {"jobs", &export_jobs}; }

}  // namespace icn::mesh
