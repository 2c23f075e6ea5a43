#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <functional>
#include <list>
#include <thread>

#include "consensus/cometbft/engine_json_testing.h"
#include "consensus/cometbft/followed_chain_testing.h"
#include "consensus/cometbft/socket.h"

namespace icn::consensus::followed {

// The RPC of a validator's engine as CometBFT v0.40 answers it (decided_block_testing.h): `block`, `commit`,
// `validators` and `broadcast_tx_async`. Thread: any.
class FakeEngine {
 public:
  enum class Way { kAnswers, kCloses, kSays, kIsSilent, kDrips };
  using Spoil = std::function<void(DecidedBlock&)>;

  explicit FakeEngine(const DecidedChain& chain) : chain_(chain), thread_([this] { serve(); }) {}
  ~FakeEngine() {
    is_over_ = true;
    thread_.join();
  }

  std::string address() const { return listening_.address.substr(std::string_view("tcp://").size()); }
  // `text`: what it says instead of an answer.
  void behave(Way way, std::string text = {}) {
    const std::lock_guard lock(mutex_);
    way_ = way;
    text_ = std::move(text);
  }
  void has(std::uint64_t from, std::uint64_t to) {
    const std::lock_guard lock(mutex_);
    from_ = from;
    to_ = to;
  }
  // Changes each block before it is told.
  void spoil(Spoil spoil) {
    const std::lock_guard lock(mutex_);
    spoil_ = std::move(spoil);
  }
  // What it says of transactions that it takes all the same.
  void refuse(std::string why) {
    const std::lock_guard lock(mutex_);
    refusal_ = std::move(why);
  }
  // How often; `height` as text, or nothing for all.
  std::size_t asked(const std::string& method, const std::string& height = {}) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count_if(asked_.begin(), asked_.end(), [&](const auto& each) {
      return each.first == method && (height.empty() || each.second == height);
    }));
  }
  std::size_t requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  // Transactions in the order in which they were handed over.
  std::vector<std::string> received() const {
    const std::lock_guard lock(mutex_);
    return received_;
  }

 private:
  struct Client {
    Descriptor socket;
    std::string request;
    bool is_fed = false;  // drop by drop
  };

  // What stands beside "jsonrpc" and "id".
  Json::Member answer(const std::string& method, const Json& params) {
    const auto refused = [](const std::string& why) {
      return Json::Member("error",
                          Json::object({{"code", -32603}, {"message", "Internal error"}, {"data", why}}));
    };
    if (method == "broadcast_tx_async") {
      received_.push_back(to_text(base64_decode(*params.find("tx")->string()).value()));
      if (!refusal_.empty()) return refused(refusal_);
      return {"result", Json::object({{"code", 0}, {"data", ""}, {"log", ""}})};
    }
    const std::string asked = *params.find("height")->string();
    asked_.emplace_back(method, asked);
    const std::uint64_t height = codec::read_uint64(Json::Number{asked}).value(),
                        newest = std::min(chain_.height(), to_);
    if (height > newest) {
      return refused("height " + asked + " must be less than or equal to the current blockchain height " +
                     std::to_string(newest));
    }
    std::optional<DecidedBlock> block = chain_.block(height);
    if (height < from_ || !block)
      return refused("height " + asked + " is not available, lowest height is " + std::to_string(from_));
    if (spoil_) spoil_(*block);
    if (method == "block") return {"result", block_json(*block)};
    return {"result",
            method == "commit" ? commit_json(block->attestation) : validators_json(block->attestation)};
  }
  std::string answer(const std::string& body) {
    const Json request = codec::parse_json(body).value();
    Json::Array answers;
    const auto add = [&](const Json& each) {
      answers.push_back(Json::object({{"jsonrpc", "2.0"},
                                      {"id", *each.find("id")},
                                      answer(*each.find("method")->string(), *each.find("params"))}));
    };
    if (request.array() == nullptr) add(request);
    for (const Json& each : request.array() != nullptr ? *request.array() : Json::Array()) add(each);
    return codec::write_json(answers.size() == 1 ? answers[0] : Json(std::move(answers)));
  }

  static std::size_t content_length(const std::string& request) {
    const std::string name = "Content-Length: ";
    const std::size_t from = request.find(name) + name.size();
    return codec::read_uint64(Json::Number{request.substr(from, request.find('\r', from) - from)}).value();
  }

  // False: the connection ends.
  bool serve(Client& client) {
    if (client.is_fed && !send_all(client.socket.get(), " ", 1'000)) return false;
    if (!is_readable(client.socket.get(), 0)) return true;
    if (receive_some(client.socket.get(), client.request, 1'000) <= 0) return false;
    const std::size_t head = client.request.find("\r\n\r\n");
    if (head == std::string::npos) return true;
    const std::size_t size = content_length(client.request);
    if (client.request.size() < head + 4 + size) return true;
    const std::lock_guard lock(mutex_);
    ++requests_;
    if (way_ == Way::kCloses) return false;
    std::string out = way_ == Way::kSays      ? text_
                      : way_ == Way::kAnswers ? answer(client.request.substr(head + 4))
                                              : "";
    client.request.clear();
    client.is_fed = way_ == Way::kDrips;
    if (way_ == Way::kAnswers)
      out = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(out.size()) + "\r\n\r\n" + out;
    if (client.is_fed) out = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
    return send_all(client.socket.get(), out, 1'000);
  }
  void serve() {
    std::list<Client> clients;
    while (!is_over_) {
      std::vector<pollfd> entries{{listening_.socket.get(), POLLIN, 0}};
      for (const Client& each : clients) entries.push_back({each.socket.get(), POLLIN, 0});
      ::poll(entries.data(), entries.size(), 10);
      if (entries[0].revents != 0)
        clients.push_back({Descriptor(::accept(listening_.socket.get(), nullptr, nullptr)), "", false});
      clients.remove_if([this](Client& each) { return !serve(each); });
    }
  }

  const DecidedChain& chain_;
  const Listening listening_ = listen_at("tcp://127.0.0.1:0").value();
  mutable std::mutex mutex_;
  Way way_ = Way::kAnswers;
  std::string text_;
  std::uint64_t from_ = 1;
  std::uint64_t to_ = ~std::uint64_t{0};
  Spoil spoil_;
  std::string refusal_;
  std::vector<std::pair<std::string, std::string>> asked_;
  std::size_t requests_ = 0;
  std::vector<std::string> received_;
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

}  // namespace icn::consensus::followed
