#include "federation/joining/joiner.h"

#include <future>

#include "base/errors.h"
#include "federation/errors.h"
#include "ledger/state.h"

namespace icn::federation {
namespace {

constexpr std::uint64_t kLifetimeSecs = 300;

}  // namespace

JoinedNetwork joined_network(const Invitation& invitation, const std::string& former_network) {
  return {invitation.ticket.network,
          former_network,
          invitation.api,
          invitation.peers,
          false,
          "",
          invitation.rpc,
          invitation.trusted_height,
          invitation.trusted_hash,
          invitation.trusted_time,
          invitation.addresses};
}

Joiner::Joiner(JoinerParts parts) : parts_(std::move(parts)), thread_([this] { run(); }) {}

Joiner::~Joiner() { stop(); }

void Joiner::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Joiner::ask(JoinRequest request, std::function<void(const Result<JoinAnswer>&)> done) {
  std::optional<Error> refusal;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_)
      refusal = Error(errors::kUnavailable, "the node is stopping");
    else if (is_busy_)
      refusal = Error(errors::kConflict, "another request to join runs just now");
    else {
      is_busy_ = true;
      asked_.emplace(std::move(request), std::move(done));
    }
  }
  if (refusal) return done(*refusal);
  wake_.notify_all();
}

void Joiner::run() {
  while (true) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || asked_; });
    if (stopping_) return;
    const auto [request, done] = std::move(*asked_);
    asked_.reset();
    lock.unlock();
    done(join(request));
    lock.lock();
    is_busy_ = false;
  }
}

Result<JoinAnswer> Joiner::join(const JoinRequest& request) {
  ICN_TRY_ASSIGN(store, parts_.ledger.store());
  const std::string& network = request.invitation.ticket.network;
  ICN_TRY_ASSIGN(own, kFederation.get(*store, kFederationKey));
  if (own) return Error(kFederationExists, "this node is one of federation \"" + own->name + "\" already");
  ICN_TRY_ASSIGN(order, ledger::kOrder.get(*store, ledger::kOrderKey));
  if (order && order->network != network)
    return Error(kFederationExists, "this ledger was sealed for network \"" + order->network + "\"");
  if (parts_.ledger.published()->network.network == network)
    return Error(errors::kConflict,
                 "network_id is \"" + network + "\" here too: a cooperative that joins has its own");
  ICN_TRY_ASSIGN(federation, FederationClient::connect(request.invitation));
  const FederationInfo& info = federation.info();
  JoinAnswer answer;
  answer.federation_id = network;
  answer.name = info.name;
  answer.policy = info.policy;
  answer.charter_cid = info.charter;
  answer.members = info.members;
  answer.validators = info.validators;
  answer.faults_tolerated = info.faults_tolerated;
  ICN_TRY_ASSIGN(crossing, count_crossing(*store));
  answer.crossing = crossing;
  answer.crossing.blocks = parts_.block_count();
  ICN_TRY_ASSIGN(credentials, parts_.credential_count(*store));
  answer.crossing.credentials = credentials;
  if (request.dry_run) return answer;
  ICN_TRY(request_membership(request, federation, answer));
  if (answer.status == JoinStep::kPending) return answer;
  if (!order) ICN_TRY(seal(network));
  ICN_TRY(bring(federation));
  ICN_TRY(parts_.switch_to(joined_network(request.invitation, parts_.ledger.published()->network.network),
                           info.genesis_text));
  parts_.log->info("joined federation \"{}\" (network {}): restart the node to go on there", info.name,
                   network);
  return answer;
}

Result<void> Joiner::request_membership(const JoinRequest& request, FederationClient& federation,
                                        JoinAnswer& answer) {
  ICN_TRY_ASSIGN(found, federation.find_member(parts_.node_did));
  answer.status = JoinStep::kJoined;
  if (found) return {};
  const FederationInfo& info = federation.info();
  if (info.charter && !request.consent) {
    return Error(kWrongCharter, "consent: read the charter " + info.charter->to_string() +
                                    " and say that the cooperative consents to it");
  }
  JoinFederation::Body body;
  body.name = request.name;
  body.former_network = parts_.ledger.published()->network.network;
  body.charter_cid = info.charter;
  if (info.policy == JoinPolicy::kInviteOnly) body.ticket = request.invitation.ticket;
  const auto output = submit(federation, "federation.join", codec::to_json(body));
  if (!output.ok() && (output.error().is(kChangeOpen) || output.error().is(kVoteOpen))) {
    answer.status = JoinStep::kPending;
    return {};
  }
  if (!output.ok()) return output.error();
  const codec::Json* const status = output->find("status");
  if (status != nullptr && status->string() != nullptr && *status->string() == "joined") return {};
  answer.status = JoinStep::kPending;
  const codec::Json* const scope = output->find("scope");
  if (scope != nullptr && scope->string() != nullptr) answer.scope = *scope->string();
  const codec::Json* const change = output->find("change_id");
  if (change != nullptr && change->string() != nullptr) answer.change_id = *change->string();
  return {};
}

Result<void> Joiner::seal(const std::string& network) {
  ledger::Transaction transaction;
  transaction.network = parts_.ledger.published()->network.network;
  transaction.sender = parts_.node_did;
  transaction.key = parts_.key_id;
  transaction.nonce.bytes = parts_.random.bytes(16);
  transaction.type = "federation.seal";
  transaction.body = codec::to_json(SealLedger::Body{network});
  transaction.expires =
      std::max(parts_.clock.now_secs(), parts_.ledger.published()->head.header.time) + kLifetimeSecs;
  ledger::sign(transaction, parts_.key);
  ICN_TRY_ASSIGN(checked, ledger::CheckedTransaction::from_json(parts_.ledger.rules().types,
                                                                codec::to_json(transaction)));
  InlineExecutor executor;
  std::promise<Result<ledger::Commitment>> promise;
  parts_.gateway.submit_own(
      executor, std::move(checked), parts_.key.public_key(),
      [&promise](const Result<ledger::Commitment>& result) { promise.set_value(result); });
  const Result<ledger::Commitment> committed = promise.get_future().get();
  if (!committed.ok()) return committed.error();
  return committed->outcome.ok ? Result<void>() : Result<void>(committed->outcome.error());
}

Result<void> Joiner::bring(FederationClient& federation) {
  ICN_TRY_ASSIGN(store, parts_.ledger.store());
  return each_bring(*store, parts_.ledger.published()->network.network,
                    [&](const BringRecords::Body& body) -> Result<void> {
                      ICN_TRY(submit(federation, "federation.bring", codec::to_json(body)));
                      return {};
                    });
}

Result<codec::Json> Joiner::submit(FederationClient& federation, std::string_view type, codec::Json body) {
  return federation.submit(parts_.node_did, parts_.key_id, parts_.key, parts_.random.bytes(16),
                           parts_.clock.now_secs() + kLifetimeSecs, type, std::move(body));
}

}  // namespace icn::federation
