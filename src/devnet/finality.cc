#include "devnet/finality.h"

#include "devnet/json_at.h"
#include "devnet/members.h"

namespace icn::devnet {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kAskAgain = std::chrono::milliseconds(2);
constexpr double kPatienceSecs = 20;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Probe {
 public:
  Probe(const World& world, const Control& control) : world_(world), control_(control) {
    for (std::size_t i = 0; i < world.size(); ++i) clients_.push_back(world.client(i, 20'000));
  }

  // Empty: it went well.
  std::string run(std::size_t node, const std::string& transfer, FinalitySample& sample) {
    const Clock::time_point start = Clock::now();
    const auto answer = clients_[node].post("/economics/mana/transfer?timeout=15", transfer);
    sample.answered_secs = seconds_since(start);
    if (!answer.ok()) return answer.error().detail();
    const auto json = codec::parse_json(answer->body);
    const std::string id = json.ok() ? text_at(*json, "transaction_id") : std::string();
    if (answer->status != 200 || id.empty()) {
      return std::to_string(answer->status) + ": " + answer->body.substr(0, 200);
    }
    for (std::size_t i = 0; i < world_.size(); ++i) {
      while (world_.is_up(i) && !is_committed(i, id)) {
        if (seconds_since(start) > kPatienceSecs) return "not everywhere within 20 s";
        if (control_.is_stopping) return "told to end";
        std::this_thread::sleep_for(kAskAgain);
      }
    }
    sample.everywhere_secs = seconds_since(start);
    return {};
  }

 private:
  bool is_committed(std::size_t node, const std::string& id) {
    const auto answer = clients_[node].get("/ledger/transactions/" + id);
    if (!answer.ok() || answer->status != 200) return false;
    const auto json = codec::parse_json(answer->body);
    return json.ok() && text_at(*json, "status") == "committed";
  }

  const World& world_;
  const Control& control_;
  std::vector<http::Client> clients_;
};

}  // namespace

FinalityResult probe_finality(const World& world, std::span<const bench::Member> members, std::size_t count,
                              std::uint64_t pause_ms, const Control& control,
                              const std::atomic<bool>& is_over) {
  FinalityResult out;
  Probe probe(world, control);
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
      const std::string failure = probe.run(node, codec::write_json(codec::to_json(transfer)), sample);
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
