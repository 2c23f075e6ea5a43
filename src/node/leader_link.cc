#include "node/leader_link.h"

#include <chrono>

#include "codec/json.h"
#include "consensus/answers.h"
#include "http/errors.h"
#include "ledger/errors.h"

namespace icn::node {
namespace {

// A look that fails for that long is worth telling readers.
constexpr std::uint64_t kBehindMs = 3'000;

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

LeaderLink::LeaderLink(LeaderLinkOptions options, std::function<std::uint64_t()> database_age_ms,
                       std::shared_ptr<Log> log)
    : options_(std::move(options)),
      database_age_ms_(std::move(database_age_ms)),
      log_(std::move(log)),
      heard_at_ms_(now_ms()),
      thread_([this] { run(); }) {}

LeaderLink::~LeaderLink() { stop(); }

void LeaderLink::stop() {
  is_stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void LeaderLink::wait_until_looked(std::chrono::milliseconds longest) const {
  const std::int64_t end = now_ms() + longest.count();
  while (!has_looked_ && now_ms() < end) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

void LeaderLink::heard(bool is_reachable) {
  if (is_reachable) heard_at_ms_ = now_ms();
  if (is_reachable_.exchange(is_reachable) == is_reachable) return;
  if (is_reachable)
    log_->info("the node that writes answers at {}", options_.url);
  else
    log_->warn("the node that writes cannot be reached at {}: reads go on, writes are answered 503",
               options_.url);
}

std::string LeaderLink::database_problem() const {
  const std::uint64_t age_ms = database_age_ms_();
  if (age_ms < kBehindMs) return {};
  return "the database has not been reached for " + std::to_string(age_ms / 1000) + " s";
}

void LeaderLink::submit(std::vector<ledger::Submission> group) {
  consensus::Answers answers;
  for (ledger::Submission& each : group)
    answers.add(*each.executor, std::move(each.done), Error(ledger::kNotWriting, "this node is a gateway"));
  answers.send();
}

ledger::LogStatus LeaderLink::status() const {
  ledger::LogStatus out;
  if (!is_reachable_) {
    out.is_writing = false;
    out.reason = "the node that writes cannot be reached at " + options_.url;
  } else if (!is_taking_writes_) {
    out.is_writing = false;
    out.reason = "the node that writes takes no writes now";
  }
  return out;
}

std::optional<std::uint64_t> LeaderLink::stale_secs() const {
  const std::uint64_t age_ms = database_age_ms_();
  if (age_ms >= kBehindMs) return age_ms / 1000;
  if (!is_reachable_) {
    // Alone it makes all blocks: what the database holds is the newest there is.
    if (!options_.is_in_federation) return std::nullopt;
    return static_cast<std::uint64_t>(now_ms() - heard_at_ms_) / 1000;
  }
  const std::int64_t stale = stale_secs_;
  return stale < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(stale));
}

Result<void> LeaderLink::look(http::Client& client) {
  if (!is_known_) {
    ICN_TRY_ASSIGN(info, client.get("/system/info"));
    ICN_TRY_ASSIGN(json, codec::parse_json(info.body));
    const codec::Json* const did = json.find("node_did");
    if (info.status != 200 || did == nullptr || did->string() == nullptr)
      return Error(http::kBadResponse, "it is no node of this kind");
    if (*did->string() != options_.node_did.text())
      return Error(http::kBadResponse, "it is " + did->string()->substr(0, 100) + ", the grant is of " +
                                           options_.node_did.text());
    is_known_ = true;
  }
  ICN_TRY_ASSIGN(status, client.get("/system/status"));
  if (status.status != 200) return Error(http::kBadResponse, "status " + std::to_string(status.status));
  ICN_TRY_ASSIGN(json, codec::parse_json(status.body));
  const codec::Json* const online = json.find("is_online");
  is_taking_writes_ = online != nullptr && online->boolean() != nullptr && *online->boolean();
  const codec::Json* const stale = json.find("stale_secs");
  const auto* const number = stale == nullptr ? nullptr : stale->number();
  const auto secs = number == nullptr ? Result<std::int64_t>(-1) : codec::read_int64(*number);
  stale_secs_ = secs.ok() ? *secs : -1;
  return {};
}

void LeaderLink::run() {
  http::ClientOptions options;
  options.connect_timeout_ms = 2'000;
  options.timeout_ms = 2'000;
  options.ca_file = options_.ca_file;
  auto client = http::Client::make(options_.url, options);
  if (!client.ok()) return log_->error("gateway.leader_url: {}", client.error().detail());
  client->set_cut(&is_stopping_);
  bool has_complained = false;
  while (!is_stopping_) {
    const auto looked = look(*client);
    if (!looked.ok() && !has_complained) log_->warn("{}: {}", options_.url, looked.error().detail());
    has_complained = !looked.ok();
    if (!looked.ok()) is_known_ = false;  // another one may stand there when it is back
    heard(looked.ok());
    has_looked_ = true;
    const std::int64_t again = now_ms() + static_cast<std::int64_t>(options_.look_ms);
    while (!is_stopping_ && now_ms() < again) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace icn::node
