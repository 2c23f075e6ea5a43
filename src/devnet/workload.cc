#include "devnet/workload.h"

#include <array>
#include <fstream>
#include <sstream>

#include "base/errors.h"
#include "devnet/json_at.h"

namespace icn::devnet {
namespace {

constexpr Millimana kMaxPrice{20'000};

// One of examples/jobs with an input of the form that its README names.
struct Example {
  const char* program;
  std::vector<std::string> args;
  std::string input;
};

std::string small_picture() {
  constexpr int kSide = 64;
  std::string out = "P6\n64 64\n255\n";
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      for (const int part : {4 * x, 4 * y, 2 * (x + y)}) out += static_cast<char>(part);
    }
  }
  return out;
}

std::vector<Example> examples() {
  return {{"echo", {}, "One member, one vote.\n"},
          {"patronage_refund",
           {"4210.07"},
           "member,amount\nAda,199.20\nBert,854.69\nCem,96.44\nDora,124.87\nAda,765.37\nCem,666.60\n"},
          {"route_order",
           {},
           "stop,latitude,longitude\nDepot,51.3397,12.3731\nMill,51.2797,12.3690\nSchool,51.3270,12.3330\n"
           "Clinic,51.3650,12.3640\nFarm,51.3810,12.4930\n"},
          {"thumbnail", {"32"}, small_picture()}};
}

mesh::JobSpec echo_spec() {
  mesh::JobSpec spec;
  spec.kind = mesh::JobKind::kEcho;
  spec.args = {"hello"};
  spec.max_price = kMaxPrice;
  return spec;
}

Result<codec::Json> post(const World& world, std::size_t node, const std::string& target,
                         const std::string& content_type, std::string body) {
  http::ClientRequest request;
  request.method = "POST";
  request.target = target;
  request.headers = {{"X-API-Key", world.operator_key(node)}, {"Content-Type", content_type}};
  request.body = std::move(body);
  ICN_TRY_ASSIGN(answer, world.client(node, 35'000).send(request));
  if (answer.status >= 300) {
    return Error(errors::kUnavailable, world.nodes()[node].name + ": POST " + target + " answers " +
                                           std::to_string(answer.status) + ": " + answer.body.substr(0, 200));
  }
  return codec::parse_json(answer.body);
}

Result<std::vector<mesh::JobSpec>> example_specs(const World& world, const std::filesystem::path& programs) {
  std::vector<mesh::JobSpec> out;
  for (const Example& each : examples()) {
    const std::filesystem::path file = programs / (std::string(each.program) + ".wasm");
    std::ifstream input(file, std::ios::binary);
    if (!input) {
      return Error(errors::kNotFound,
                   file.string() + " is not there; build it (ninja icn_wasm_programs) or name its folder");
    }
    std::stringstream module;
    module << input.rdbuf();
    ICN_TRY_ASSIGN(module_cid, spread_content(world, module.str()));
    ICN_TRY_ASSIGN(input_cid, spread_content(world, each.input));
    mesh::JobSpec spec;
    spec.module_cid = module_cid;
    spec.args = each.args;
    spec.inputs = {{input_cid, "input"}};
    spec.max_price = kMaxPrice;
    out.push_back(std::move(spec));
  }
  return out;
}

}  // namespace

Result<codec::Cid> spread_content(const World& world, const std::string& content) {
  ICN_TRY_ASSIGN(
      answer, post(world, 0, "/dag/files?visibility=public&pin=true", "application/octet-stream", content));
  const std::string cid = text_at(answer, "cid");
  for (std::size_t i = 1; i < world.size(); ++i) {
    ICN_TRY(post(world, i, "/network/fetch", "application/json",
                 "{\"cid\":\"" + cid + "\",\"recursive\":true,\"timeout_ms\":20000}"));
  }
  return codec::Cid::parse(cid);
}

Result<std::vector<mesh::JobSpec>> prepare_workload(const std::string& name, const World& world,
                                                    const std::filesystem::path& programs) {
  if (name == "echo") return std::vector<mesh::JobSpec>{echo_spec()};
  ICN_TRY_ASSIGN(specs, example_specs(world, programs));
  if (name == "mix") {
    const std::size_t count = specs.size();
    for (std::size_t i = 0; i < count; ++i)
      specs.insert(specs.begin() + static_cast<long>(2 * i), echo_spec());
  }
  return std::move(specs);
}

}  // namespace icn::devnet
