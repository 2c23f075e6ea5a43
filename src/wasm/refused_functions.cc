#include "wasm/host_functions.h"
#include "wasm/run_context.h"

// Host functions of domain.md 8 that no job may use on this node. They link, so that a module that asks for
// them with care still runs, and refuse by name: none answers as if it had done something.
namespace icn::wasm {
namespace {

struct Refused {
  const char* name;
  const char* signature;
  const char* why;
};

constexpr Refused kRefused[] = {
    {"get_pending_jobs", "ii:i", "it is for executors, not for jobs"},
    {"anchor_receipt", "iiii:i", "it is for executors, not for jobs"},
    {"verify_zk_proof", "ii:i", "this node has no backend for proofs"},
    {"generate_zk_proof", "iiii:i", "this node has no backend for proofs"},
    {"state_get", "iiii:i", "only contracts have a state"},
    {"state_put", "iiii:i", "only contracts have a state"},
    {"state_delete", "ii:i", "only contracts have a state"},
};

}  // namespace

void add_refused_functions(HostRegistry& registry) {
  for (const Refused& each : kRefused) {
    const std::string line =
        "warning: icn." + std::string(each.name) + " is not permitted: " + each.why + "\n";
    registry.add({"icn", each.name, each.signature, kHostCallFuel, [line](HostCall& call) -> std::int64_t {
                    call.run().write_log(as_bytes(line));
                    return kNotPermitted;
                  }});
  }
}

}  // namespace icn::wasm
