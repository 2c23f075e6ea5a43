#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "bench/wrk.h"

namespace icn::bench {

// What a busy node answers: paths that are read in turn, and every tenth request a signed write.
struct Mix {
  std::vector<std::string> reads;  // targets
  std::string write_target;
  std::vector<std::string> writes;  // bodies, each sent once
};

// Whole requests in order, for run_load(): as many as the writes are enough for.
std::vector<std::string> mix_requests(const Mix& mix);

// The same through wrk, whose threads share the writes. The files lie in `folder`. Errors: of run_wrk.
Result<WrkFigures> run_wrk_mix(const std::string& url, const Mix& mix, const std::filesystem::path& folder,
                               std::size_t threads, std::size_t connections, std::size_t seconds);

}  // namespace icn::bench
