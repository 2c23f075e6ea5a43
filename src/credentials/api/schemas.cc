#include "credentials/api/schemas.h"

#include "credentials/claim_schema.h"

namespace icn::credentials::api {
namespace {

using codec::Json;

Result<Did> author_of(const Api& api, const http::Caller& caller, const std::optional<Did>& named) {
  if (named) return *named;
  if (caller.dids && !caller.dids->empty()) return caller.dids->front();
  if (caller.role == http::Role::kOperator) return api.custody.node_did();
  return Error(errors::kMalformed, "author: is required: these credentials act for no DID");
}

Result<SchemaItem> item_of(const Api& api, const ledger::Reader& state, const Schema& each) {
  ICN_TRY_ASSIGN(text, load_schema(state, api.blocks, each.id));
  return SchemaItem{each.id, each.cid, each.author, each.issuers, std::move(text), false};
}

constexpr std::size_t kSearchedMax = 20'000;  // rows looked at for a CID

Result<std::optional<Schema>> find(const ledger::Reader& state, const std::string& id) {
  ICN_TRY_ASSIGN(named, kSchemas.get(state, id));
  const auto cid = codec::Cid::parse(id);
  if (named || !cid.ok()) return named;
  ICN_TRY_ASSIGN(rows, kSchemas.scan(state, {}));
  for (std::size_t searched = 0; searched < kSearchedMax; ++searched) {
    ICN_TRY_ASSIGN(each, rows.next());
    if (!each) break;
    if (each->cid == *cid) return each;
  }
  return std::optional<Schema>();
}

}  // namespace

Result<ListSchemas::Output> ListSchemas::handle(const Api& api, const http::Call&, const Input& input) {
  constexpr std::string_view kList = "identity/credentials/schemas";
  Output page;
  ledger::ScanRange range;
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(kList, *input.cursor));
    range.from = std::move(position);
  } else {
    for (const StandardSchema& each : standard_schemas())
      page.items.push_back({std::string(each.id), {}, {}, {}, each.schema, true});
  }
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(rows, kSchemas.scan(*snapshot, range));
  for (std::uint32_t count = 0;; ++count) {
    ICN_TRY_ASSIGN(each, rows.next());
    if (!each) return page;
    if (count == input.limit) {
      page.next_cursor = api.cursors.seal(kList, ledger::key_of(each->id));
      return page;
    }
    ICN_TRY_ASSIGN(item, item_of(api, *snapshot, *each));
    page.items.push_back(std::move(item));
  }
}

Result<GetSchema::Output> GetSchema::handle(const Api& api, const http::Call&, const Input& input) {
  if (const Json* standard = find_standard_schema(input.id))
    return SchemaItem{input.id, {}, {}, {}, *standard, true};
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(known, find(*snapshot, input.id));
  if (known) return item_of(api, *snapshot, *known);
  return Error(kSchemaNotFound, "the ledger has no schema " + input.id);
}

void PostSchema::handle(const Api& api, http::ExchangePtr exchange) {
  const ledger::WriteOptions options{transaction, success_status, {}};
  auto source = http::InputSource::of(exchange->request());
  if (!source.ok()) return exchange->reply(source.error());
  if (ledger::is_signed_transaction(source->body()))
    return api.writer.submit_signed(std::move(exchange), source->take_body(), options);
  const auto input = http::read_input<Input>(*source, codec::UnknownMembers::kIgnore);
  if (!input.ok()) return exchange->reply(input.error());
  const http::Call call(*exchange);
  const auto author = author_of(api, call.caller(), input->author);
  if (!author.ok()) return exchange->reply(author.error());
  // Before anything is kept in its name.
  if (auto key = api.writer.custody().key_for(call.caller(), *author); !key.ok())
    return exchange->reply(key.error());
  if (auto checked = check_schema(input->json_schema); !checked.ok())
    return exchange->reply(checked.error().within("json_schema"));
  const std::string text = codec::canonical_json(input->json_schema);
  if (text.size() > kSchemaBytesMax)
    return exchange->reply(Error(kBadSchema, "json_schema: is larger than 64 KiB"));
  KeptBlock block{to_bytes(as_bytes(text)), codec::kRaw, *author, {}, true};
  keep_block(api, exchange, std::move(block),
             [&api, exchange, options, author = *author, input = *input](const codec::Cid& cid) {
               const RegisterSchema::Body body{input.name, input.version, cid, input.issuers};
               api.writer.submit_plain(exchange, {author, codec::to_json(body)}, options);
             });
}

}  // namespace icn::credentials::api
