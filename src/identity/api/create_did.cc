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

struct KeyPlan {
  DidAnswer answer;
  std::optional<NewKey> made;  // by the node
};

Result<KeyPlan> key_plan_of(const Api& api, const CreateDid::Input& input) {
  if (!input.services.empty()) {
    return Error(errors::kMalformed, "services: a did:key has none; use method icn");
  }
  KeyPlan plan;
  if (!input.public_key) plan.made = api.custody.make_key();
  ICN_TRY_ASSIGN(key, input.public_key ? crypto::read_multikey(*input.public_key)
                                       : Result<crypto::PublicKey>(plan.made->public_key));
  plan.answer.did = crypto::did_key(key);
  plan.answer.key = crypto::did_key_method(key);
  plan.answer.key_custody = plan.made ? "node" : "client";
  plan.answer.document = did_key_document_json(plan.answer.did, key);
  return plan;
}

void answer_key(Api& api, const http::ExchangePtr& exchange, const DidAnswer& answer) {
  const bool is_granted =
      api.ledger.published()->parameters.identity_start_grant != 0 && !exchange->request().caller.id.empty();
  const std::string text = codec::to_json_text(answer);
  if (!is_granted || api.start_grant == nullptr) {
    return exchange->reply(http::Response::json(text, CreateDid::success_status));
  }
  api.start_grant->grant(answer.did, exchange->executor(),
                         [exchange, text, log = api.log](const Result<void>& granted) {
                           // The DID exists all the same: a did:key needs no ledger.
                           if (!granted.ok())
                             log->warn("no start grant for a new did:key: {}", granted.error().detail());
                           exchange->reply(http::Response::json(text, CreateDid::success_status));
                         });
}

// Keeps a key the node made, then goes on; `next` must be copyable.
template <typename Next>
void keep_then(Api& api, const http::ExchangePtr& exchange, const Did& did, const NewKey& key, Next next) {
  const auto owner = NodeCustody::owner_of(exchange->request().caller);
  if (!owner.ok()) return exchange->reply(owner.error());
  api.custody.keep(did, key, *owner, exchange->executor(),
                   [exchange, next = std::move(next)](const Result<void>& kept) {
                     if (!kept.ok()) return exchange->reply(kept.error());
                     next();
                   });
}

void create_key(Api& api, const http::ExchangePtr& exchange, const CreateDid::Input& input) {
  const auto plan = key_plan_of(api, input);
  if (!plan.ok()) return exchange->reply(plan.error());
  if (!plan->made) return answer_key(api, exchange, plan->answer);
  keep_then(api, exchange, plan->answer.did, *plan->made,
            [&api, exchange, answer = plan->answer] { answer_key(api, exchange, answer); });
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

Result<Plan> plan_of(const Api& api, const CreateDid::Input& input) {
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
    plan.made = api.custody.make_key();
    body.public_key = crypto::multikey_text(plan.made->public_key);
    body.nonce.bytes = api.random.bytes(kDidNonceSize);
    const Did did = make_did_icn(body.type, plan.made->public_key, body.nonce.bytes);
    body.proof = key_proof(api, did, body.nonce, plan.made->secret);
    plan.pending = PendingKey{did, plan.made->public_key};
  }
  plan.body = codec::to_json(body);
  return plan;
}

// The payer signs, else the key that was made, else the node.
void submit_icn(Api& api, http::ExchangePtr exchange, const std::optional<Did>& payer, Plan& plan) {
  const ledger::WriteOptions options{kType, CreateDid::success_status,
                                     answer_with_document(api, CreateDid::success_status, plan.pending)};
  if (payer) {
    return api.writer.submit_plain(std::move(exchange), {*payer, std::move(plan.body)}, options);
  }
  Did sender = api.custody.node_did();
  ledger::Custody::Key key = api.custody.node_key();
  if (plan.made) {
    sender = crypto::did_key(plan.made->public_key);
    key = {crypto::did_key_method(plan.made->public_key), std::move(plan.made->secret)};
  }
  const auto transaction = api.writer.make(sender, key, kType, std::move(plan.body));
  if (!transaction.ok()) return exchange->reply(transaction.error());
  api.writer.submit_signed(std::move(exchange), codec::to_json((*transaction)->envelope()), options);
}

void create_icn(Api& api, http::ExchangePtr exchange, const CreateDid::Input& input) {
  const auto payer = payer_of(api, exchange->request().caller, input);
  if (!payer.ok()) return exchange->reply(payer.error());
  if (*payer) {  // before a key is made that nobody would use
    const auto key = api.custody.key_for(exchange->request().caller, **payer);
    if (!key.ok()) return exchange->reply(key.error());
  }
  auto made = plan_of(api, input);
  if (!made.ok()) return exchange->reply(made.error());
  const auto plan = std::make_shared<Plan>(std::move(made).value());
  if (!plan->made) return submit_icn(api, std::move(exchange), *payer, *plan);
  keep_then(api, exchange, plan->pending->did, *plan->made,
            [&api, exchange, payer = *payer, plan] { submit_icn(api, exchange, payer, *plan); });
}

}  // namespace

void CreateDid::handle(Api& api, http::ExchangePtr exchange) {
  auto source = http::InputSource::of(exchange->request());
  if (!source.ok()) return exchange->reply(source.error());
  if (auto counted = count_anonymous(api, exchange->request()); !counted.ok()) {
    return exchange->reply(counted.error());
  }
  if (ledger::is_signed_transaction(source->body())) {
    return api.writer.submit_signed(std::move(exchange), source->take_body(),
                                    {kType, success_status, answer_with_document(api, success_status)});
  }
  const auto input = http::read_input<Input>(*source, codec::UnknownMembers::kIgnore);
  if (!input.ok()) return exchange->reply(input.error());
  if (input->method == DidMethod::kKey) return create_key(api, exchange, *input);
  create_icn(api, std::move(exchange), *input);
}

}  // namespace icn::identity::api
