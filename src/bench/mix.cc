#include "bench/mix.h"

#include <fstream>

#include "bench/load_generator.h"

namespace icn::bench {
namespace {

// Each thread of wrk reads its own file of writes: argument, then its number.
constexpr const char* kScript = R"lua(
local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end
function init(args)
  reads, writes, count = {}, {}, 0
  for line in io.lines(args[1] .. "/reads") do reads[#reads + 1] = wrk.format("GET", line) end
  local target = io.lines(args[1] .. "/target")()
  local headers = { ["Content-Type"] = "application/json" }
  for line in io.lines(args[1] .. "/writes-" .. number) do
    writes[#writes + 1] = wrk.format("POST", target, headers, line)
  end
  next_read, next_write = number, 0
end
function request()
  count = count + 1
  if count % 10 == 0 and next_write < #writes then
    next_write = next_write + 1
    return writes[next_write]
  end
  next_read = next_read + 1
  return reads[next_read % #reads + 1]
end
)lua";

void write_lines(const std::filesystem::path& path, const std::vector<std::string>& lines) {
  std::ofstream file(path);
  for (const std::string& line : lines) file << line << "\n";
}

}  // namespace

std::vector<std::string> mix_requests(const Mix& mix) {
  std::vector<std::string> out;
  out.reserve(mix.writes.size() * 10);
  std::size_t next_read = 0;
  for (const std::string& body : mix.writes) {
    for (int i = 0; i < 9; ++i) out.push_back(http_request("GET", mix.reads[next_read++ % mix.reads.size()]));
    out.push_back(http_request("POST", mix.write_target, body));
  }
  return out;
}

Result<WrkFigures> run_wrk_mix(const std::string& url, const Mix& mix, const std::filesystem::path& folder,
                               std::size_t threads, std::size_t connections, std::size_t seconds) {
  std::filesystem::create_directories(folder);
  write_lines(folder / "script.lua", {kScript});
  write_lines(folder / "reads", mix.reads);
  write_lines(folder / "target", {mix.write_target});
  std::vector<std::vector<std::string>> shares(threads);
  for (std::size_t i = 0; i < mix.writes.size(); ++i) shares[i % threads].push_back(mix.writes[i]);
  for (std::size_t i = 0; i < threads; ++i) write_lines(folder / ("writes-" + std::to_string(i)), shares[i]);
  return run_wrk(url, threads, connections, seconds, (folder / "script.lua").string(), folder.string());
}

}  // namespace icn::bench
