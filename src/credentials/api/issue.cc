#include "credentials/api/issue.h"

#include "credentials/claim_schema.h"
#include "credentials/sealed_claims.h"

namespace icn::credentials::api {
namespace {

using codec::Json;

// RFC 9562, version 4.
std::string random_urn(Random& random) {
  Bytes bytes = random.bytes(16);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  std::string hex = hex_encode(bytes);
  for (const std::size_t place : {20u, 16u, 12u, 8u}) hex.insert(place, "-");
  return "urn:uuid:" + hex;
}

// The short form as a document.
Result<Json> document_of(const PostCredential::Input& input) {
  if (input.credential) return *input.credential;
  const auto missing = [](const char* name) {
    return Error(errors::kMalformed, std::string(name) + ": is required without `credential`");
  };
  if (!input.issuer) return missing("issuer");
  if (!input.holder) return missing("holder");
  if (!input.type) return missing("type");
  if (input.claims && input.attributes)
    return Error(errors::kMalformed, "claims and attributes: are the same; give one");
  Credential credential;
  credential.issuer = input.issuer->text();
  credential.holder = input.holder->text();
  credential.types = {*input.type};
  credential.schema = input.schema;
  credential.valid_until = input.expiration;
  credential.claims = input.claims       ? *input.claims
                      : input.attributes ? *input.attributes
                                         : Json(Json::Object{});
  if (credential.claims.object() == nullptr) return Error(errors::kMalformed, "claims: must be an object");
  if (credential.claims.find("id")) return Error(errors::kMalformed, "claims: \"id\" is the holder");
  return credential_document(credential);
}

// What the ledger and this node add to what the issuer says.
Result<Json> completed(const Api& api, const IssueOptions& options, Json document) {
  ICN_TRY_ASSIGN(given, read_credential(document));
  if (document.find("proof")) return Error(kBadCredential, "proof: must not be there yet");
  if (!given.statuses.empty()) return Error(kBadCredential, "credentialStatus: is given by the ledger");
  const TimestampSecs now = api.clock.now_secs();
  const TimestampSecs from = given.valid_from.value_or(now);
  if (given.id.empty()) document.set("id", random_urn(api.random));
  given.id = *document.find("id")->string();
  given.valid_from = from;
  given.valid_until = given.valid_until.value_or(std::max(from, now) + kDefaultValiditySecs);
  if (*given.valid_until <= now) return Error(kBadCredential, "validUntil: lies in the past");
  if (options.usage_limit) given.terms.usage_limit = options.usage_limit;
  if (!options.valid_contexts.empty()) given.terms.valid_contexts = options.valid_contexts;
  const Json full = credential_document(given);
  for (const char* name : {"validFrom", "validUntil", "icnMetadata"}) {
    if (const Json* member = full.find(name)) document.set(name, *member);
  }
  return document;
}

struct Plan {
  Did issuer;
  Json secured;
  IssueCredential::Body body;
  std::shared_ptr<const PlaceReservations::Place> place;
  KeptBlock block;
};

void add_status(Json& document, const std::string& base, const Did& issuer,
                const PlaceReservations::Place& place) {
  Json::Array entries;
  for (const char* purpose : {"revocation", "suspension"}) {
    const std::string url =
        base + std::string(kStatusListPath) + ListName{issuer, place.list(), purpose}.text();
    const std::string index = std::to_string(place.index());
    entries.push_back(Json::object({{"id", url + "#" + index},
                                    {"type", "BitstringStatusListEntry"},
                                    {"statusPurpose", purpose},
                                    {"statusListIndex", index},
                                    {"statusListCredential", url}}));
  }
  document.set("credentialStatus", std::move(entries));
}

Result<void> check_claims_of(const Api& api, const ledger::Reader& state, const Credential& credential) {
  if (!credential.schema) return {};
  ICN_TRY(check_may_issue(state, Did(credential.issuer), *credential.schema));
  ICN_TRY_ASSIGN(schema, load_schema(state, api.blocks, *credential.schema));
  if (!schema)
    return Error(errors::kUnavailable, "the text of schema " + *credential.schema + " is not at this node");
  return check_claims(*schema, credential.claims);
}

// The block a credential is kept in: as it stands when everybody may read it, else sealed for its holder.
Result<KeptBlock> block_of(const Json& secured, const Did& issuer, const Did& holder, bool is_public,
                           const crypto::PublicKey& holder_key) {
  KeptBlock out;
  out.author = issuer;
  out.is_public = is_public;
  if (is_public) {
    out.bytes = to_bytes(as_bytes(credential_bytes(secured)));
    return out;
  }
  out.reader = holder;
  const std::string whole = secured.string() ? *secured.string() : codec::canonical_json(secured);
  ICN_TRY_ASSIGN(sealed, seal_for(holder_key, as_bytes(whole)));
  out.bytes = std::move(sealed);
  return out;
}

Result<Plan> plan_of(const Api& api, const http::Call& call, PostCredential::Input input) {
  if (!input.disclosable.empty()) input.options.disclosable = input.disclosable;
  ICN_TRY_ASSIGN(plain, document_of(input));
  ICN_TRY_ASSIGN(document, completed(api, input.options, std::move(plain)));
  ICN_TRY_ASSIGN(credential, read_credential(document));
  Plan plan;
  plan.issuer = Did(credential.issuer);
  const Did holder(credential.holder);
  ICN_TRY_ASSIGN(key, api.writer.custody().key_for(call.caller(), plan.issuer));
  ICN_TRY_ASSIGN(state, api.ledger.snapshot());
  ICN_TRY_ASSIGN(holder_key, current_key(*state, holder));
  ICN_TRY(check_claims_of(api, *state, credential));
  ICN_TRY_ASSIGN(place, api.places.take(*state, plan.issuer));
  plan.place = place;
  add_status(document, base_url(api, call.request()), plan.issuer, *place);
  Issuing issuing{
      key.id, key.secret, api.clock.now_secs(), input.options.format, input.options.disclosable, holder_key};
  ICN_TRY_ASSIGN(secured, secure_credential(document, issuing, api.random));
  ICN_TRY_ASSIGN(block, block_of(secured, plan.issuer, holder, input.options.is_public, holder_key));
  plan.secured = std::move(secured);
  plan.block = std::move(block);
  plan.body.cid = credential_cid(plan.secured);
  plan.body.holder = holder;
  plan.body.type = credential.types.empty() ? "VerifiableCredential" : credential.types.front();
  plan.body.schema = credential.schema.value_or("");
  plan.body.expires_at = *credential.valid_until;
  plan.body.list = place->list();
  plan.body.index = place->index();
  plan.body.revocable_by = input.options.revocable_by;
  plan.body.usage_limit = credential.terms.usage_limit;
  return plan;
}

// Under an Idempotency-Key whose answer was lost, the first transaction is what was done: its credential is
// not the one that was made just now.
http::Response response_to(const std::shared_ptr<const Plan>& plan, const http::Request& request,
                           const ledger::CheckedTransaction& transaction,
                           const Result<ledger::Commitment>& result) {
  if (!result.ok() || !result->outcome.ok)
    return ledger::Writer::answer_outcome(transaction, result, request, PostCredential::success_status);
  const auto json = codec::parse_json(result->outcome.output);
  const auto anchored = json.ok() ? codec::from_json<IssueCredential::Output>(*json)
                                  : Result<IssueCredential::Output>(json.error());
  if (!anchored.ok()) return http::problem(anchored.error(), request);
  PostCredential::Output output;
  output.cid = anchored->cid;
  output.issued_at = anchored->issued_at;
  output.transaction_id = transaction.id();
  output.height = result->height;
  if (plan && plan->body.cid == anchored->cid) {
    output.verifiable_credential = plan->secured;
    output.stored_cid = plan->body.stored;
  }
  return http::Response::json(codec::to_json_text(output), PostCredential::success_status);
}

// `way`: null when no block was made.
ledger::Answer answer_with(std::shared_ptr<const Plan> plan, std::shared_ptr<BlockOnItsWay> way) {
  return [plan, way](const http::ExchangePtr& exchange, const ledger::CheckedTransaction& transaction,
                     const Result<ledger::Commitment>& result) {
    http::Response response = response_to(plan, exchange->request(), transaction, result);
    if (!way) return exchange->reply(std::move(response));
    way->when_stored([exchange, response = std::move(response)](const Result<void>& stored) {
      if (!stored.ok()) return exchange->reply(stored.error());
      exchange->reply(response);
    });
  };
}

}  // namespace

void PostCredential::handle(const Api& api, http::ExchangePtr exchange) {
  auto source = http::InputSource::of(exchange->request());
  if (!source.ok()) return exchange->reply(source.error());
  if (ledger::is_signed_transaction(source->body()))
    return api.writer.submit_signed(std::move(exchange), source->take_body(),
                                    {transaction, success_status, answer_with(nullptr, nullptr)});
  auto input = http::read_input<Input>(*source, codec::UnknownMembers::kIgnore);
  if (!input.ok()) return exchange->reply(input.error());
  auto planned = plan_of(api, http::Call(*exchange), std::move(*input));
  if (!planned.ok()) return exchange->reply(planned.error());
  const auto plan = std::make_shared<Plan>(std::move(*planned));
  keep_block_beside(
      api, exchange, std::move(plan->block),
      [&api, exchange, plan](const codec::Cid& stored, const std::shared_ptr<BlockOnItsWay>& way) {
        plan->body.stored = stored;
        const ledger::PlainWrite write{plan->issuer, codec::to_json(plan->body)};
        api.writer.submit_plain(exchange, write, {transaction, success_status, answer_with(plan, way)});
      });
}

}  // namespace icn::credentials::api
