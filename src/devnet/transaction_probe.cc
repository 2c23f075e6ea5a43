#include "devnet/transaction_probe.h"

#include <thread>

#include "devnet/json_at.h"

namespace icn::devnet {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kAskAgain = std::chrono::milliseconds(2);
constexpr double kPatienceSecs = 20;

}  // namespace

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

TransactionProbe::TransactionProbe(const World& world, const Control& control)
    : world_(world), control_(control) {
  for (std::size_t i = 0; i < world.size(); ++i) clients_.push_back(world.client(i, 20'000));
}

std::string TransactionProbe::run(std::size_t node, std::string_view path,
                                  const ledger::Transaction& transaction, FinalitySample& sample,
                                  codec::Json* answer) {
  const std::string body = codec::write_json(codec::to_json(transaction));
  const Clock::time_point start = Clock::now();
  const auto reply = clients_[node].post(std::string(path) + "?timeout=15", body);
  sample.answered_secs = seconds_since(start);
  if (!reply.ok()) return reply.error().detail();
  const auto json = codec::parse_json(reply->body);
  const std::string id = json.ok() ? text_at(*json, "transaction_id") : std::string();
  if ((reply->status != 200 && reply->status != 201) || id.empty())
    return std::to_string(reply->status) + ": " + reply->body.substr(0, 200);
  if (answer != nullptr) *answer = *json;
  const std::string failure =
      wait_everywhere("/ledger/transactions/" + id, start,
                      [](const codec::Json& told) { return text_at(told, "status") == "committed"; });
  sample.everywhere_secs = seconds_since(start);
  return failure;
}

std::string TransactionProbe::wait_everywhere(const std::string& path, Clock::time_point start,
                                              const std::function<bool(const codec::Json&)>& is_so) {
  for (std::size_t i = 0; i < world_.size(); ++i) {
    while (world_.is_up(i)) {
      const auto answer = clients_[i].get(path);
      const auto json = answer.ok() && answer->status == 200 ? codec::parse_json(answer->body)
                                                             : Result<codec::Json>(codec::Json());
      if (json.ok() && json->object() != nullptr && is_so(*json)) break;
      if (seconds_since(start) > kPatienceSecs) return "not everywhere within 20 s";
      if (control_.is_stopping) return "told to end";
      std::this_thread::sleep_for(kAskAgain);
    }
  }
  return {};
}

}  // namespace icn::devnet
