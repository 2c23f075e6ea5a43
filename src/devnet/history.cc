#include "devnet/history.h"

#include <algorithm>

#include "base/errors.h"
#include "devnet/json_at.h"

namespace icn::devnet {
namespace {

using Clock = std::chrono::steady_clock;

Result<codec::Json> get(const World& world, std::size_t node, const std::string& target) {
  ICN_TRY_ASSIGN(answer, world.client(node, 5'000).get(target));
  if (answer.status != 200) {
    return Error(errors::kUnavailable, target + " answers " + std::to_string(answer.status));
  }
  return codec::parse_json(answer.body);
}

}  // namespace

std::uint64_t height_of(const World& world, std::size_t node) {
  const auto status = get(world, node, "/system/status");
  return status.ok() ? static_cast<std::uint64_t>(number_at(*status, "current_block_height").value_or(0)) : 0;
}

HistoryCheck check_history(const World& world) {
  HistoryCheck out;
  out.height = height_of(world, 0);
  for (std::size_t i = 1; i < world.size(); ++i) out.height = std::min(out.height, height_of(world, i));
  std::string first;
  for (std::size_t i = 0; i < world.size(); ++i) {
    const auto block = get(world, i, "/ledger/blocks/" + std::to_string(out.height));
    const std::string hash = block.ok() ? text_at(*block, "hash") : std::string();
    if (i == 0) first = hash;
    if (!hash.empty() && hash == first) {
      ++out.nodes;
    } else if (out.first_failure.empty()) {
      out.first_failure = world.nodes()[i].name + ": " +
                          (block.ok() ? "has another block " : block.error().detail() + " at block ") +
                          std::to_string(out.height);
    }
  }
  return out;
}

Result<double> wait_until_recovered(const World& world, std::uint64_t timeout_ms, const Control& control) {
  const Clock::time_point start = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  const std::uint64_t wanted = height_of(world, 0);
  std::size_t behind = 0;
  while (behind < world.size()) {
    const auto ready = world.client(behind, 5'000).get("/system/ready");
    if (ready.ok() && ready->status == 200 && height_of(world, behind) >= wanted) {
      ++behind;
      continue;
    }
    if (seconds() * 1000 > static_cast<double>(timeout_ms)) {
      return Error(errors::kUnavailable, world.nodes()[behind].name + " is not ready, or behind height " +
                                             std::to_string(wanted) + ", after " +
                                             std::to_string(timeout_ms / 1000) + " s");
    }
    if (!control.pause_ms(100)) return Error(errors::kUnavailable, "told to end");
  }
  return seconds();
}

}  // namespace icn::devnet
