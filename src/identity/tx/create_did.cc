#include "identity/tx/create_did.h"

#include "crypto/key_text.h"
#include "identity/errors.h"
#include "identity/key_proof.h"
#include "identity/tables.h"

namespace icn::identity {
namespace {

Result<Did> did_of_body(const CreateDid::Body& body) {
  ICN_TRY_ASSIGN(key, crypto::read_multikey(body.public_key));
  return make_did_icn(body.type, key, body.nonce.bytes);
}

}  // namespace

Result<void> CreateDid::check(const ledger::Transaction& transaction, const Body& body) {
  ICN_TRY_ASSIGN(key, crypto::read_multikey(body.public_key));
  ICN_TRY(check_services(body.services));
  const Did did = make_did_icn(body.type, key, body.nonce.bytes);
  return check_key_proof(transaction.network, did, body.nonce.bytes, key, body.proof.bytes);
}

Result<void> CreateDid::precheck(const ledger::ApplyContext& context, const Body& body,
                                 const ledger::View& view) {
  ICN_TRY_ASSIGN(did, did_of_body(body));
  ICN_TRY_ASSIGN(exists, kDocuments.contains(view, did));
  if (exists) return Error(kDidExists, did.text() + " exists already; use another nonce");
  return check_operation_limit(context, view);
}

Result<CreateDid::Output> CreateDid::apply(const ledger::ApplyContext& context, const Body& body,
                                           ledger::View& view) {
  ICN_TRY_ASSIGN(key, crypto::read_multikey(body.public_key));
  DidDocument document;
  document.id = make_did_icn(body.type, key, body.nonce.bytes);
  document.type = body.type;
  document.services = body.services;
  ICN_TRY(
      charge_fee(context, view, context.parameters().identity_create_fee, "identity.create", document.id));
  ICN_TRY(count_operation(context, view));
  ICN_TRY_ASSIGN(key_id, add_key(context.block, view, document, key));
  ICN_TRY_ASSIGN(output, write_first_version(context, view, document));
  if (context.parameters().identity_start_grant != 0) {
    ICN_TRY(context.economy.grant_start(context.block, view, document.id, context.transaction.id().text()));
  }
  output.key = key_id;
  return std::move(output);
}

}  // namespace icn::identity
