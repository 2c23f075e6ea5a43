#include "federation/api/join.h"

#include <algorithm>

#include "base/errors.h"
#include "federation/errors.h"

namespace icn::federation::api {
namespace {

constexpr std::uint64_t kDaySecs = 86'400;
constexpr std::size_t kAddressBytesMax = 300;

// "host:port", as an engine dials it.
Result<void> check_rpc(const std::vector<std::string>& addresses) {
  for (const std::string& each : addresses) {
    const std::size_t colon = each.rfind(':');
    const bool is_plain =
        each.find_first_of("/, \"@") == std::string::npos && each.size() <= kAddressBytesMax;
    const bool has_port = colon != std::string::npos && colon > 0 && colon + 1 < each.size() &&
                          each.find_first_not_of("0123456789", colon + 1) == std::string::npos;
    if (!is_plain || !has_port)
      return Error(errors::kMalformed, "rpc: must be addresses as valley.example:26657");
  }
  return {};
}

Result<Ticket> make_ticket(const Api& api, const ledger::Custody::Key& key,
                           const PostFederationInvitation::Input& input) {
  Ticket ticket;
  ticket.network = api.ledger.published()->network.network;
  ticket.inviter = api.node_did;
  ticket.key = key.id;
  ticket.nonce.bytes = api.random.bytes(16);
  ticket.expires = api.clock.now_secs() + input.days * kDaySecs;
  ticket.organization = input.organization;
  ticket.signature.bytes = to_bytes(key.secret.sign(ticket_bytes(ticket)).view());
  return ticket;
}

}  // namespace

Result<PostFederationInvitation::Output> PostFederationInvitation::handle(const Api& api,
                                                                          const http::Call& call,
                                                                          const Input& input) {
  for (const std::string& url : input.api) {
    const bool is_http = url.starts_with("http://") || url.starts_with("https://");
    if (!is_http || url.size() > kAddressBytesMax)
      return Error(errors::kMalformed, "api: must be addresses as https://node.coop.example:7845");
  }
  ICN_TRY(check_rpc(input.rpc));
  ICN_TRY_ASSIGN(store, api.ledger.store());
  ICN_TRY_ASSIGN(federation, load_federation(*store));
  ICN_TRY_ASSIGN(validators, load_validators(*store));
  if (find_operator(validators, api.node_did) == nullptr)
    return Error(kNotValidatorOperator, "this node's operator runs no validator; another node's may invite");
  ICN_TRY_ASSIGN(key, api.writer.custody().key_for(call.caller(), api.node_did));
  Invitation out;
  ICN_TRY_ASSIGN(ticket, make_ticket(api, key, input));
  out.ticket = std::move(ticket);
  out.name = federation.name;
  ICN_TRY_ASSIGN(genesis, api.genesis_text());
  out.genesis_hash.bytes = to_bytes(crypto::sha256(as_bytes(genesis)));
  out.api = input.api;
  for (const Validator& each : validators) out.peers.push_back(each.peer);
  out.addresses = told_addresses(api.peer_addresses(), input.api);
  // Without one the newcomer follows from the first block on.
  if (auto block = api.trusted_block(); block.ok()) {
    out.trusted_height = block->height;
    out.trusted_hash.bytes = std::move(block->hash);
    out.trusted_time = api.clock.now_secs();
  }
  if (!api.own_rpc.empty()) out.rpc.push_back(api.own_rpc);
  for (const std::string& each : input.rpc) {
    if (std::ranges::find(out.rpc, each) == out.rpc.end()) out.rpc.push_back(each);
  }
  return out;
}

void PostJoin::handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply) {
  // Whoever may act as the node may take it elsewhere.
  if (auto key = api.writer.custody().key_for(call.caller(), api.node_did); !key.ok())
    return reply(key.error());
  const std::string name = input.name.value_or(api.node_did.text().substr(0, 64));
  api.joiner.ask({std::move(input.invitation), name, input.consent, input.dry_run},
                 [reply](const Result<JoinAnswer>& answer) {
                   if (answer.ok() && answer->status == JoinStep::kPending) return reply(*answer, 202);
                   reply(answer);
                 });
}

Result<ledger::PlainWrite> PostLeave::plain(const Api& api, const http::Call&, const Input& input) {
  if (input.network && *input.network == api.ledger.published()->network.network)
    return Error(errors::kMalformed, "network: must be another one than the federation's");
  return ledger::PlainWrite{api.node_did, codec::Json(codec::Json::Object())};
}

void PostLeave::handle(const Api& api, http::ExchangePtr exchange) {
  std::string network = api.ledger.published()->network.network + "-alone";
  if (auto source = http::InputSource::of(exchange->request()); source.ok()) {
    const codec::Json* const given = source->body().find("network");
    if (given != nullptr && given->string() != nullptr && !ledger::is_signed_transaction(source->body()))
      network = *given->string();
  }
  const auto answer = [&api, network](const http::ExchangePtr& asked,
                                      const ledger::CheckedTransaction& transaction,
                                      const Result<ledger::Commitment>& result) {
    // Whose node this is goes on alone; also when an answer before was lost.
    const bool is_out =
        result.ok() && (result->outcome.ok || result->outcome.code == kNotMemberOperator.code);
    if (is_out && transaction.envelope().sender == api.node_did) {
      if (auto done = api.go_alone(network); !done.ok()) return asked->reply(done.error());
    }
    asked->reply(ledger::Writer::answer_outcome(transaction, result, asked->request(), 200));
  };
  ledger::answer_write<PostLeave>(api.writer, api, std::move(exchange), answer);
}

}  // namespace icn::federation::api
