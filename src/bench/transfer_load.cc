#include "bench/transfer_load.h"

namespace icn::bench {
namespace {

constexpr std::size_t kMembers = 256;
constexpr std::size_t kRateMax = 45'000;  // transactions signed for each second of a run
constexpr std::size_t kWarmingRate = 1'000;
const char* const kPath = "/economics/mana/transfer";

}  // namespace

TransferLoad::TransferLoad(const NodeProcess& node, std::string network)
    : node_(node), members_(make_members(kMembers)), network_(std::move(network)) {}

Result<TransferLoad> TransferLoad::prepare(const NodeProcess& node, std::size_t seconds) {
  ICN_TRY_ASSIGN(network, node.ask("/system/info", "network_id"));
  TransferLoad out(node, network);
  ICN_TRY(grant_start(node, out.members_));
  ICN_TRY(out.send(64, 0, 1, kWarmingRate));
  out.seconds_ = seconds;
  return out;
}

Result<LoadResult> TransferLoad::run(std::size_t connections, std::uint64_t rate) {
  return send(connections, rate, seconds_, seconds_ * (rate == 0 ? kRateMax : rate));
}

Result<LoadResult> TransferLoad::send(std::size_t connections, std::uint64_t rate, std::size_t seconds,
                                      std::size_t count) {
  const auto requests = post_requests(kPath, sign_transfers(members_, network_, count, ++seed_));
  Load load;
  load.connections = connections;
  load.duration_ms = seconds * 1'000;
  load.rate_per_second = rate;
  load.requests = &requests;
  return run_once(node_, std::move(load), note_);
}

}  // namespace icn::bench
