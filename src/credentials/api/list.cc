#include "credentials/api/list.h"

#include "credentials/lookup.h"
#include "credentials/pauses.h"
#include "credentials/sealed_claims.h"
#include "credentials/status_list.h"

namespace icn::credentials::api {
namespace {

using codec::Json;

constexpr std::size_t kSearchedMax = 20'000;
// Positions in kCredentials' list of indexes.
constexpr std::size_t kByTime = 0;
constexpr std::size_t kByHolder = 1;
constexpr std::size_t kByIssuer = 2;

Result<CredentialRecord> load(const ledger::Reader& state, const CredentialInput& input) {
  if (input.cid.empty()) return Error(errors::kMalformed, "cid: is empty: it names the credential");
  return load_credential(state, input.cid, input.issuer);
}

bool is_wanted(const ListCredentials::Input& input, const CredentialRecord& record) {
  return (!input.holder || record.holder == *input.holder) &&
         (!input.issuer || record.issuer == *input.issuer) && (!input.type || record.type == *input.type) &&
         (!input.status || shown_status(record) == *input.status);
}

ledger::ScanRange range_of(const ListCredentials::Input& input) {
  ledger::ScanRange range;
  if (input.holder || input.issuer)
    range = ledger::prefix_range(ledger::key_of(input.holder ? *input.holder : *input.issuer));
  range.index = input.holder ? kByHolder : input.issuer ? kByIssuer : kByTime;
  return range;
}

Bytes position_of(const ListCredentials::Input& input, const CredentialRecord& record) {
  if (input.holder) return *credential_holder_index(record);
  return input.issuer ? *credential_issuer_index(record) : *credential_time_index(record);
}

// A public block is the credential; of an SD-JWT without what is disclosed apart.
Json credential_of(std::string_view bytes) {
  auto json = codec::parse_json(bytes, kCredentialLimits);
  return json.ok() && json->object() ? std::move(*json) : Json(std::string(bytes));
}

}  // namespace

CredentialItem item_of(const CredentialRecord& record) {
  CredentialItem out{record.cid, record.issuer,    record.holder,     record.type,
                     {},         record.issued_at, record.expires_at, shown_status(record)};
  if (!record.schema.empty()) out.schema = record.schema;
  return out;
}

Result<ListCredentials::Output> ListCredentials::handle(const Api& api, const http::Call&,
                                                        const Input& input) {
  std::string list = "identity/credentials";
  if (input.holder) list += "/holder/" + input.holder->text();
  if (input.issuer) list += "/issuer/" + input.issuer->text();
  ledger::ScanRange range = range_of(input);
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(list, *input.cursor));
    range.from = std::move(position);
  }
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(rows, kCredentials.scan(*snapshot, range));
  Output page;
  for (std::size_t searched = 0;; ++searched) {
    ICN_TRY_ASSIGN(record, rows.next());
    if (!record) return page;
    if (page.items.size() == input.limit || searched == kSearchedMax) {
      page.next_cursor = api.cursors.seal(list, position_of(input, *record));
      return page;
    }
    if (is_wanted(input, *record)) page.items.push_back(item_of(*record));
  }
}

Result<GetCredential::Output> GetCredential::handle(const Api& api, const http::Call& call,
                                                    const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(record, load(*snapshot, input));
  Output out{item_of(record), {}, {}};
  if (record.stored.empty()) return out;
  const auto block = block_for(api, call.caller(), record.stored, record.holder);
  if (!block.ok()) return out;
  const std::string& bytes = (*block)->bytes;
  if ((*block)->meta.visibility == dag::Visibility::kPublic) {
    out.credential = credential_of(bytes);
    return out;
  }
  out.sealed = to_bytes(as_bytes(bytes));
  // It was sealed for the key the holder had then.
  const auto keys = api.custody.all_keys_for(call.caller(), record.holder);
  if (!keys.ok()) return out;
  for (const crypto::SecretKey& each : *keys) {
    const auto opened = open_sealed(each, as_bytes(bytes));
    if (!opened.ok()) continue;
    out.credential = credential_of(as_text(opened->view()));
    out.sealed.reset();
    return out;
  }
  return out;
}

Result<GetCredentialStatus::Output> GetCredentialStatus::handle(const Api& api, const http::Call& call,
                                                                const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(record, load(*snapshot, input));
  Output out;
  out.status = shown_status(record);
  out.revoked = record.status == CredentialStatus::kRevoked;
  out.suspended = record.status == CredentialStatus::kSuspended;
  if (is_paused(record)) {
    ICN_TRY_ASSIGN(ends_at, pause_ends_at(*snapshot, record));
    out.paused_until = ends_at;
    out.paused_by = record.paused_by;
  }
  out.at = record.changed_at;
  out.by = record.changed_by;
  out.presentations = record.usage_count;
  out.usage_limit = record.usage_limit;
  out.revocation_list =
      std::string(kStatusListPath) + ListName{record.issuer, record.list, "revocation"}.text();
  out.suspension_list =
      std::string(kStatusListPath) + ListName{record.issuer, record.list, "suspension"}.text();
  out.index = record.index;
  if (record.reason.empty()) return out;
  out.reason_cid = record.reason;
  const auto block = block_for(api, call.caller(), record.reason, record.holder);
  if (!block.ok()) return out;
  auto text = dag::read_salted_text(as_bytes((*block)->bytes));
  if (text.ok()) out.reason = std::move(*text);
  return out;
}

http::Response GetStatusList::handle(const Api& api, const http::Request& request) {
  const std::string* id = http::find_parameter(request.path_parameters, "id");
  const auto list = parse_list_name(id ? *id : "");
  if (!list)
    return http::problem(Error(kStatusListNotFound, "a list is named <issuer>.<number>.<purpose>"), request);
  const auto snapshot = api.ledger.snapshot();
  if (!snapshot.ok()) return http::problem(snapshot.error(), request);
  if (list->issuer.text().size() > storage::kKeySizeMax / 2)
    return http::problem(Error(kStatusListNotFound), request);
  const auto counts = kCredentialCounts.get(**snapshot, list->issuer);
  if (!counts.ok()) return http::problem(counts.error(), request);
  if (!*counts || (*counts)->issued == 0 || list->number > open_list((*counts)->issued))
    return http::problem(
        Error(kStatusListNotFound, list->issuer.text() + " has no list " + std::to_string(list->number)),
        request);
  const auto bits = list_bits(**snapshot, *list);
  if (!bits.ok()) return http::problem(bits.error(), request);
  const TimestampSecs now = api.clock.now_secs();
  const std::string url = base_url(api, request) + std::string(kStatusListPath) + list->text();
  const auto key = api.custody.node_key();
  const Json document =
      add_proof(status_list_document({url, api.custody.node_did().text(), list->purpose, now}, *bits),
                {key.id, "assertionMethod", now, {}, {}}, key.secret);
  http::Response response = http::Response::json(codec::write_json(document), 200);
  response.content_type = output_content_type;
  return response;
}

}  // namespace icn::credentials::api
