#include "federation/api/trust.h"

#include "identity/did.h"

namespace icn::federation::api {
namespace {

// A page of edges with `did` at one end: of the table itself, or of its index by who is trusted.
struct EdgePage {
  const ReadApi& api;
  const GetTrust::Input& input;
  std::string list;
  std::optional<std::size_t> index;

  Result<void> read(const ledger::Reader& state, const std::optional<std::string>& cursor,
                    std::vector<TrustEdge>& items, std::optional<std::string>& next) const {
    ledger::ScanRange range = ledger::prefix_range(
        input.context ? ledger::key_of(input.did, *input.context) : ledger::key_of(input.did), index);
    if (cursor) {
      ICN_TRY_ASSIGN(position, api.cursors.open(list, *cursor));
      range.from = std::move(position);
    }
    ICN_TRY_ASSIGN(rows, kTrustEdges.scan(state, range));
    while (true) {
      ICN_TRY_ASSIGN(edge, rows.next());
      if (!edge) return {};
      if (items.size() == input.limit) {
        next = api.cursors.seal(
            list, index ? *trust_to_index(*edge) : ledger::key_of(edge->from, edge->context, edge->to));
        return {};
      }
      items.push_back(std::move(*edge));
    }
  }
};

std::string list_name(const char* direction, const GetTrust::Input& input) {
  const std::string context = input.context ? std::string(codec::enum_name(*input.context)) : "any";
  return "cooperative/trust/" + std::string(direction) + "/" + input.did.text() + "/" + context;
}

}  // namespace

Result<ledger::PlainWrite> PostTrust::plain(const Api&, const http::Call&, const Input& input) {
  return ledger::PlainWrite{
      input.from, codec::to_json(SetTrust::Body{input.to, input.level, input.context, input.metadata_cid})};
}

void PostTrust::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostTrust>(api.writer, api, std::move(exchange));
}

Result<GetTrust::Output> GetTrust::handle(const ReadApi& api, const http::Call&, const Input& input) {
  ICN_TRY(identity::parse_did(input.did.text()));
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  Output out;
  out.did = input.did;
  const EdgePage outgoing{api, input, list_name("outgoing", input), std::nullopt};
  ICN_TRY(outgoing.read(*snapshot, input.outgoing_cursor, out.outgoing, out.next_outgoing));
  const EdgePage incoming{api, input, list_name("incoming", input), 0};
  ICN_TRY(incoming.read(*snapshot, input.incoming_cursor, out.incoming, out.next_incoming));
  return out;
}

}  // namespace icn::federation::api
