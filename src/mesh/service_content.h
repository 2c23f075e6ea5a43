#pragma once

#include "mesh/service.h"

namespace icn::mesh {

// Blocks of jobs: of this node's store, else from the coordinator of the job.
class Service::Content final : public JobContent {
 public:
  explicit Content(Service& service) : service_(service) {}
  Result<Bytes> load(const JobId& id, const Job& job, const codec::Cid& cid,
                     const std::function<bool()>& is_cancelled) const override;
  Result<bool> may_read(const JobId& id, const Job& job, const codec::Cid& cid,
                        const std::function<bool()>& is_cancelled) const override;

 private:
  bool is_elsewhere(const Job& job) const;

  Service& service_;
};

}  // namespace icn::mesh
