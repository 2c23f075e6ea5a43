#include "identity/api/create_did.h"

#include "crypto/key_text.h"
#include "http/rate_limit.h"
#include "identity/errors.h"
#include "identity/resolver.h"
#include "identity/tx/create_did.h"

namespace icn::identity::api {
namespace {

constexpr std::string_view kType = "identity.create";

Result<void> count_anonymous(const Api& api, const http::Request& request) {
  if (!request.caller.is_anonymous() || is_development(api)) return {};
  if (api.anonymous_creations.take(http::client_of(request.peer_address))) return {};
  return Error(errors::kRateLimited, "10 DIDs an hour may be made from one address without credentials");
}

Result<DidAnswer> make_did_key(const Api& api, const http::Request& request, const CreateDid::Input& input) {
  if (!input.services.empty()) {
    return Error(errors::kMalformed, "services: a did:key has none; use method icn");
  }
  DidAnswer answer;
  if (input.public_key) {
    ICN_TRY_ASSIGN(key, crypto::read_multikey(*input.public_key));
    answer.did = crypto::did_key(key);
    answer.key = crypto::did_key_method(key);
    answer.key_custody = "client";
  } else {
    ICN_TRY_ASSIGN(owner, NodeCustody::owner_of(request.caller));
    const NewKey key = api.custody.make_key();
    answer.did = crypto::did_key(key.public_key);
    answer.key = crypto::did_key_method(key.public_key);
    answer.key_custody = "node";
    ICN_TRY(api.custody.keep(answer.did, key, owner));
  }
  ICN_TRY_ASSIGN(parsed, parse_did(answer.did.text()));
  answer.document = did_key_document_json(answer.did, parsed.key);
  return answer;
}

void create_key(Api& api, http::ExchangePtr exchange, const CreateDid::Input& input) {
  const auto answer = make_did_key(api, exchange->request(), input);
  if (!answer.ok()) return exchange->reply(answer.error());
  const http::Request& request = exchange->request();
  const bool is_granted =
      api.ledger.published()->parameters.identity_start_grant != 0 && !request.caller.id.empty();
  const std::string text = codec::to_json_text(*answer);
  if (!is_granted || api.start_grant == nullptr) {
    return exchange->reply(http::Response::json(text, CreateDid::success_status));
  }
  Executor& executor = exchange->executor();
  api.start_grant->grant(answer->did, executor, [exchange, text, log = api.log](const Result<void>& granted) {
    // The DID exists all the same: a did:key needs no ledger.
    if (!granted.ok()) log->warn("no start grant for a new did:key: {}", granted.error().detail());
    exchange->reply(http::Response::json(text, CreateDid::success_status));
  });
}

// The first DID of the caller with an account: it pays.
Result<std::optional<Did>> payer_of(const Api& api, const http::Caller& caller,
                                    const CreateDid::Input& input) {
  if (input.creator) return input.creator;
  if (!caller.dids || caller.role == http::Role::kOperator) return std::optional<Did>();
  ICN_TRY_ASSIGN(store, api.ledger.store());
  const ledger::View view(*store);
  for (const Did& did : *caller.dids) {
    ICN_TRY_ASSIGN(has_account, api.ledger.rules().economy.has_account(view, did));
    if (has_account) return std::optional<Did>(did);
  }
  return std::optional<Did>();
}

struct Plan {
  codec::Json body;
  std::optional<NewKey> made;         // by the node
  std::optional<PendingKey> pending;  // the same, as kept
};

Result<Plan> plan_of(const Api& api, const http::Request& request, const CreateDid::Input& input) {
  identity::CreateDid::Body body;
  body.type = input.type;
  body.services = input.services;
  ICN_TRY(check_services(body.services));
  Plan plan;
  if (input.public_key) {
    if (!input.nonce || !input.proof) {
      return Error(errors::kMalformed, "nonce and proof: are required with public_key");
    }
    body.public_key = *input.public_key;
    body.nonce = *input.nonce;
    body.proof = *input.proof;
  } else {
    ICN_TRY_ASSIGN(owner, NodeCustody::owner_of(request.caller));
    plan.made = api.custody.make_key();
    body.public_key = crypto::multikey_text(plan.made->public_key);
    body.nonce.bytes = api.random.bytes(kDidNonceSize);
    const Did did = make_did_icn(body.type, plan.made->public_key, body.nonce.bytes);
    body.proof = key_proof(api, did, body.nonce, plan.made->secret);
    ICN_TRY(api.custody.keep(did, *plan.made, owner));
    plan.pending = PendingKey{did, plan.made->public_key};
  }
  plan.body = codec::to_json(body);
  return plan;
}

void create_icn(Api& api, http::ExchangePtr exchange, const CreateDid::Input& input) {
  const auto payer = payer_of(api, exchange->request().caller, input);
  if (!payer.ok()) return exchange->reply(payer.error());
  if (*payer) {  // before a key is made that nobody would use
    const auto key = api.custody.key_for(exchange->request().caller, **payer);
    if (!key.ok()) return exchange->reply(key.error());
  }
  auto plan = plan_of(api, exchange->request(), input);
  if (!plan.ok()) return exchange->reply(plan.error());
  const ledger::WriteOptions options{kType, CreateDid::success_status,
                                     answer_with_document(api, CreateDid::success_status, plan->pending)};
  if (*payer) {
    return api.writer.submit_plain(std::move(exchange), {**payer, std::move(plan->body)}, options);
  }
  Did sender = api.custody.node_did();
  ledger::Custody::Key key = api.custody.node_key();
  if (plan->made) {
    sender = crypto::did_key(plan->made->public_key);
    key = {crypto::did_key_method(plan->made->public_key), std::move(plan->made->secret)};
  }
  const auto transaction = api.writer.make(sender, key, kType, std::move(plan->body));
  if (!transaction.ok()) return exchange->reply(transaction.error());
  api.writer.submit_signed(std::move(exchange), codec::to_json((*transaction)->envelope()), options);
}

}  // namespace

void CreateDid::handle(Api& api, http::ExchangePtr exchange) {
  auto source = http::InputSource::of(exchange->request());
  if (!source.ok()) return exchange->reply(source.error());
  if (auto counted = count_anonymous(api, exchange->request()); !counted.ok()) {
    return exchange->reply(counted.error());
  }
  if (ledger::is_signed_transaction(source->body())) {
    return api.writer.submit_signed(std::move(exchange), source->body(),
                                    {kType, success_status, answer_with_document(api, success_status)});
  }
  const auto input = http::read_input<Input>(*source, codec::UnknownMembers::kIgnore);
  if (!input.ok()) return exchange->reply(input.error());
  if (input->method == DidMethod::kKey) return create_key(api, std::move(exchange), *input);
  create_icn(api, std::move(exchange), *input);
}

}  // namespace icn::identity::api
