#include "devnet/finality.h"

#include "devnet/members.h"
#include "devnet/transaction_probe.h"

namespace icn::devnet {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

FinalityResult probe_finality(const World& world, std::span<const bench::Member> members, std::size_t count,
                              std::uint64_t pause_ms, const Control& control,
                              const std::atomic<bool>& is_over) {
  FinalityResult out;
  TransactionProbe probe(world, control);
  SystemRandom random;
  const Clock::time_point start = Clock::now();
  const codec::Json body = codec::Json::object(
      {{"to", members[1].did.text()}, {"amount", codec::Json(codec::Json::Number{"0.001"})}});
  for (std::size_t i = 0; (count == 0 ? !is_over : i < count) && !control.is_stopping; ++i) {
    const std::size_t node = i % world.size();
    if (world.is_up(node)) {
      const auto transfer = signed_transaction(members[0], "economics.transfer", body, random);
      FinalitySample sample;
      sample.at_secs = seconds_since(start);
      const std::string failure = probe.run(node, "/economics/mana/transfer", transfer, sample);
      if (control.is_stopping) break;
      if (failure.empty()) {
        out.samples.push_back(sample);
      } else if (out.failures++ == 0) {
        out.first_failure = world.nodes()[node].name + ": " + failure;
      }
    }
    for (std::uint64_t waited = 0; waited < pause_ms && !is_over; waited += 50) {
      if (!control.pause_ms(50)) break;
    }
  }
  return out;
}

}  // namespace icn::devnet
