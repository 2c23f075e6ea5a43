#include "consensus/cometbft/standalone.h"

#include "abci.pb.h"
#include "base/errors.h"
#include "consensus/cometbft/errors.h"
#include "crypto/key_text.h"

namespace icn::consensus {
namespace {

Result<ledger::Genesis> genesis_of(const abci::RequestInitChain& request, const StandaloneOptions& options) {
  if (!request.app_state_bytes().empty()) {
    ICN_TRY_ASSIGN(json, codec::parse_json(request.app_state_bytes()));
    if (json.object() == nullptr || !json.object()->empty()) return codec::from_json<ledger::Genesis>(json);
  }
  for (const abci::ValidatorUpdate& each : request.validators()) {
    if (!each.pub_key().has_ed25519()) continue;
    ICN_TRY_ASSIGN(key, crypto::PublicKey::from_bytes(as_bytes(each.pub_key().ed25519())));
    return ledger::Genesis{options.network, options.profile, crypto::did_key(key),
                           static_cast<TimestampSecs>(std::max<std::int64_t>(request.time().seconds(), 0))};
  }
  return Error(kWrongGenesis, "a chain without app_state and without an Ed25519 validator");
}

}  // namespace

StandaloneApplication::StandaloneApplication(std::unique_ptr<ledger::Ledger> existing, const Clock& clock,
                                             std::shared_ptr<Log> log, StandaloneOptions options)
    : clock_(clock), log_(std::move(log)), options_(std::move(options)), ledger_(std::move(existing)) {
  if (!ledger_) return;
  const auto store = ledger_->store();
  if (!store.ok()) return;
  const auto note = kEngineNote.get(**store, kEngineKey);
  if (note.ok() && *note) application_ = make_application((*note)->chain);
}

StandaloneApplication::~StandaloneApplication() = default;

std::shared_ptr<Application> StandaloneApplication::make_application(const std::string& chain) {
  ApplicationOptions options;
  options.chain = chain;
  return std::make_shared<Application>(
      *ledger_, clock_, log_, std::move(options),
      ApplicationListener{[](const CommittedBlock&) {}, [](const crypto::Hash&, const Error&) {}});
}

std::shared_ptr<Application> StandaloneApplication::current() const {
  const std::lock_guard lock(mutex_);
  return application_;
}

// Fills in the request what the application compares with block 0.
Result<std::shared_ptr<Application>> StandaloneApplication::begin(abci::Request& request) {
  const std::lock_guard lock(mutex_);
  abci::RequestInitChain& asked = *request.mutable_init_chain();
  ICN_TRY_ASSIGN(genesis, genesis_of(asked, options_));
  if (!ledger_) {
    ICN_TRY_ASSIGN(opened, options_.open(genesis));
    ledger_ = std::move(opened);
  }
  asked.set_app_state_bytes(codec::canonical_json(codec::to_json(genesis)));
  if (!application_) application_ = make_application(asked.chain_id());
  return application_;
}

bool StandaloneApplication::answer(const abci::Request& request, abci::Response& response) {
  if (const auto application = current()) return application->answer(request, response);
  if (request.has_init_chain()) {
    abci::Request filled = request;
    auto application = begin(filled);
    if (application.ok()) return (*application)->answer(filled, response);
    response.mutable_exception()->set_error(application.error().detail());
  } else if (request.has_echo()) {
    response.mutable_echo()->set_message(request.echo().message());
    return true;
  } else if (request.has_flush()) {
    response.mutable_flush();
    return true;
  } else if (request.has_info()) {
    response.mutable_info()->set_data("icn");
    response.mutable_info()->set_version(ICN_VERSION);
    response.mutable_info()->set_app_version(ledger::kBlockVersion);
    return true;
  } else {
    response.mutable_exception()->set_error("the chain has not begun: InitChain comes first");
  }
  log_->error("abci: {}", response.exception().error());
  return false;
}

void StandaloneApplication::check(std::span<const abci::RequestCheckTx* const> requests,
                                  std::span<abci::ResponseCheckTx* const> responses) {
  if (const auto application = current()) return application->check(requests, responses);
  for (abci::ResponseCheckTx* each : responses) {
    each->set_code(static_cast<std::uint32_t>(Category::kUnavailable));
    each->set_log("the chain has not begun");
  }
}

}  // namespace icn::consensus
