#include "identity/api/answers.h"

#include "identity/errors.h"
#include "identity/key_proof.h"
#include "identity/resolver.h"
#include "identity/tables.h"

namespace icn::identity::api {
namespace {

Result<DidAnswer> answer_of(const Api& api, const ledger::CheckedTransaction& transaction,
                            const ledger::Commitment& commitment) {
  ICN_TRY_ASSIGN(json, codec::parse_json(commitment.outcome.output));
  ICN_TRY_ASSIGN(change, codec::from_json<ChangeOutput>(json));
  ICN_TRY_ASSIGN(store, api.ledger.store());
  ICN_TRY_ASSIGN(resolved, resolve(*store, change.did, change.version));
  ICN_TRY_ASSIGN(owner, api.custody.owner(change.did));
  DidAnswer answer;
  answer.did = change.did;
  answer.document = std::move(resolved.document);
  answer.key_custody = owner ? "node" : "client";
  answer.key = change.key;
  answer.version = change.version;
  answer.transaction_id = transaction.id();
  answer.height = commitment.height;
  return answer;
}

// Whether the commit gave `pending` to its DID; true when that cannot be known.
bool may_be_in_use(const Api& api, const PendingKey& pending) {
  const auto store = api.ledger.store();
  if (!store.ok()) return true;
  const auto is_used = kKeyUses.contains(**store, {pending.did, to_bytes(pending.key.view())});
  return !is_used.ok() || *is_used;
}

}  // namespace

ledger::Answer answer_with_document(Api& api, int success_status, std::optional<PendingKey> pending) {
  return [&api, success_status, pending](const http::ExchangePtr& exchange,
                                         const ledger::CheckedTransaction& transaction,
                                         const Result<ledger::Commitment>& result) {
    // Without a commitment the transaction may still come to be: its key must stay.
    if (pending && result.ok() && !may_be_in_use(api, *pending)) {
      const auto forgotten = api.custody.forget(pending->did, pending->key);
      if (!forgotten.ok()) api.log->warn("an unused key stays in the store: {}", forgotten.error().detail());
    }
    if (!result.ok() || !result->outcome.ok) {
      return exchange->reply(
          ledger::Writer::answer_outcome(transaction, result, exchange->request(), success_status));
    }
    const auto answer = answer_of(api, transaction, *result);
    if (!answer.ok()) return exchange->reply(answer.error());
    exchange->reply(http::Response::json(codec::to_json_text(*answer), success_status));
  };
}

Result<void> check_sender_is_path(const http::Request& request, const codec::Json& transaction) {
  const std::string* did = http::find_parameter(request.path_parameters, "did");
  const codec::Json* sender = transaction.find("sender");
  if (did && sender && sender->string() && *sender->string() == *did) return {};
  return Error(errors::kMalformed, "sender: must be the DID of the path");
}

Result<void> check_subject_is_path(const http::Request& request, const codec::Json& transaction) {
  const std::string* did = http::find_parameter(request.path_parameters, "did");
  const codec::Json* body = transaction.find("body");
  const codec::Json* subject = body ? body->find("did") : nullptr;
  if (did && subject && subject->string() && *subject->string() == *did) return {};
  return Error(errors::kMalformed, "body.did: must be the DID of the path");
}

codec::HexBytes key_proof(const Api& api, const Did& did, const codec::HexBytes& nonce,
                          const crypto::SecretKey& key) {
  const std::string& network = api.ledger.published()->network.network;
  return {to_bytes(key.sign(key_proof_bytes(network, did, nonce.bytes, key.public_key())).view())};
}

bool is_development(const Api& api) { return api.ledger.published()->network.profile == "development"; }

}  // namespace icn::identity::api
