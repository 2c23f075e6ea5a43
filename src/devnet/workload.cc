#include "devnet/workload.h"

namespace icn::devnet {
namespace {

constexpr Millimana kMaxPrice = Millimana{20'000};

mesh::JobSpec echo_spec() {
  mesh::JobSpec spec;
  spec.kind = mesh::JobKind::kEcho;
  spec.args = {"hello"};
  spec.max_price = kMaxPrice;
  return spec;
}

}  // namespace

std::vector<mesh::JobSpec> workload_specs(const std::string&) { return {echo_spec()}; }

}  // namespace icn::devnet
