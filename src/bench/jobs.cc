#include "bench/jobs.h"

#include "base/errors.h"
#include "bench/load_generator.h"
#include "mesh/submission.h"

namespace icn::bench {
namespace {

mesh::JobSpec echo_spec() {
  mesh::JobSpec spec;
  spec.kind = mesh::JobKind::kEcho;
  spec.args = {"hello"};
  spec.max_price = Millimana::from_mana(20);
  return spec;
}

}  // namespace

Result<EchoJobs> EchoJobs::prepare(const NodeProcess& node, std::vector<Member> members) {
  EchoJobs out;
  out.members_ = std::move(members);
  ICN_TRY_ASSIGN(network, node.ask("/system/info", "network_id"));
  ICN_TRY_ASSIGN(node_did, node.ask("/system/info", "node_did"));
  out.network_ = network;
  const mesh::JobSpec spec = echo_spec();
  const mesh::SpecBlock block = mesh::spec_block(spec);
  out.submission_ = codec::to_json(mesh::submission_of(spec, block.cid, Did(node_did)));

  std::vector<std::string> bodies = out.sign(out.members_.size());
  const std::string beside = ",\"spec\":" + codec::write_json(codec::to_json(spec)) + "}";
  for (std::string& body : bodies) body.replace(body.size() - 1, 1, beside);
  http::Client client = node.client();
  ICN_TRY_ASSIGN(answer, client.post("/mesh/jobs?wait=10", bodies.back()));
  ICN_TRY_ASSIGN(json, codec::parse_json(answer.body));
  const codec::Json* job = json.find("job_id");
  if (job == nullptr || job->string() == nullptr) {
    return Error(errors::kInternal, "a job was refused: " + answer.body.substr(0, 300));
  }
  out.some_job_ = *job->string();
  bodies.pop_back();
  const std::vector<std::string> requests = post_requests("/mesh/jobs?wait=10", bodies);
  Load load;
  load.port = node.port();
  load.duration_ms = 60'000;
  load.requests = &requests;
  load.is_cyclic = false;
  ICN_TRY_ASSIGN(result, run_load(load));
  if (result.errors > 0) return Error(errors::kInternal, "a job was refused: " + result.first_error);
  return out;
}

std::vector<std::string> EchoJobs::sign(std::size_t count) {
  const Order order{network_, "mesh.submit", expiry_of_orders(), ++seed_};
  return sign_many(members_, order, count, [this](std::size_t) { return submission_; });
}

}  // namespace icn::bench
