#pragma once

#include <string>
#include <vector>

#include "bench/members.h"

namespace icn::bench {

// Signed submissions of one echo job by many members to one node.
class EchoJobs {
 public:
  // Grants the members nothing; lets each submit once with the spec beside its transaction, so that the node
  // holds it for them and later submissions may name it. Errors: of the node.
  static Result<EchoJobs> prepare(const NodeProcess& node, std::vector<Member> members);

  // Bodies for POST /mesh/jobs, none sent before.
  std::vector<std::string> sign(std::size_t count);
  // A job of the preparation.
  const std::string& some_job() const { return some_job_; }

 private:
  EchoJobs() = default;

  std::vector<Member> members_;
  std::string network_;
  std::string some_job_;
  codec::Json submission_;
  std::uint64_t seed_ = 500;
};

}  // namespace icn::bench
