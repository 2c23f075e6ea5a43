#include "federation/api/trust_graph.h"

#include "identity/did.h"

namespace icn::federation::api {
namespace {

constexpr std::size_t kRowsReadMax = 10'000;  // for one page
constexpr double kMean = 1e9;

Result<void> check_did(const std::optional<Did>& did, std::string_view name) {
  if (!did) return {};
  if (auto parsed = identity::parse_did(did->text()); !parsed.ok()) return parsed.error().within(name);
  return {};
}

bool matches(const ListTrust::Input& input, const TrustEdge& edge) {
  return (!input.from || edge.from == *input.from) && (!input.to || edge.to == *input.to) &&
         (!input.context || edge.context == *input.context) && (!input.level || edge.level == *input.level);
}

// Of the table, or of its index by who is trusted when nothing but that is asked.
ledger::ScanRange range_of(const ListTrust::Input& input) {
  if (!input.from && !input.to) return {};
  const bool is_incoming = !input.from;
  const auto index = is_incoming ? std::optional<std::size_t>(0) : std::nullopt;
  const Did& did = is_incoming ? *input.to : *input.from;
  return ledger::prefix_range(input.context ? ledger::key_of(did, *input.context) : ledger::key_of(did),
                              index);
}

std::string list_name(const ListTrust::Input& input) {
  std::string name = "trust/relationships/";
  name += input.from ? input.from->text() : "";
  name += "/" + (input.to ? input.to->text() : "");
  name += "/" + (input.context ? std::string(codec::enum_name(*input.context)) : "");
  return name + "/" + (input.level ? std::string(codec::enum_name(*input.level)) : "");
}

}  // namespace

Result<ListTrust::Output> ListTrust::handle(const ReadApi& api, const http::Call&, const Input& input) {
  ICN_TRY(check_did(input.from, "from"));
  ICN_TRY(check_did(input.to, "to"));
  const std::string list = list_name(input);
  ledger::ScanRange range = range_of(input);
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(list, *input.cursor));
    range.from = std::move(position);
  }
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(rows, kTrustEdges.scan(*snapshot, range));
  Output out;
  for (std::size_t looked_at = 0;; ++looked_at) {
    ICN_TRY_ASSIGN(edge, rows.next());
    if (!edge) return out;
    if (out.items.size() == input.limit || looked_at == kRowsReadMax) {
      const bool is_index = !input.from && input.to;
      out.next_cursor = api.cursors.seal(
          list, is_index ? *trust_to_index(*edge) : ledger::key_of(edge->from, edge->context, edge->to));
      return out;
    }
    if (matches(input, *edge)) out.items.push_back(std::move(*edge));
  }
}

Result<GetTrustPaths::Output> GetTrustPaths::handle(const ReadApi& api, const http::Call&,
                                                    const Input& input) {
  ICN_TRY(check_did(input.from, "from"));
  ICN_TRY(check_did(input.to, "to"));
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(found, find_trust_paths(*snapshot, input.from, input.to,
                                         input.context.value_or(TrustContext::kGeneral)));
  Output out;
  out.complete = found.is_complete;
  for (TrustPath& path : found.paths) {
    if (out.paths.size() == input.limit) break;
    out.paths.push_back({std::move(path.dids), path.trust_thousandths / 1e3, path.level});
  }
  if (out.paths.empty()) return out;
  out.level = out.paths.front().level;
  out.trust = out.paths.front().trust;
  return out;
}

void GetTrustScore::handle(const ReadApi& api, const http::Call&, Input input, http::Reply<Output> reply) {
  if (auto checked = check_did(input.did, "did"); !checked.ok()) return reply(std::move(checked).error());
  api.trust_ranks.ask(
      [did = std::move(input.did), reply = std::move(reply)](const Result<TrustRanks>& ranked) {
        if (!ranked.ok()) return reply(ranked.error());
        Output out;
        out.did = did;
        out.dids = ranked->ranks.size();
        out.as_of = ranked->at;
        const auto number = ranked->numbers.find(did);
        if (number == ranked->numbers.end()) return reply(std::move(out));
        out.score = static_cast<double>(ranked->ranks[number->second]) / kMean;
        for (std::size_t i = 0; i < kTrustContexts; ++i) {
          const std::uint64_t rank = ranked->ranks_in[i][number->second];
          if (rank != 0)
            out.context_scores.push_back({static_cast<TrustContext>(i), static_cast<double>(rank) / kMean});
        }
        reply(std::move(out));
      });
}

void GetTrustStats::handle(const ReadApi& api, const http::Call&, Input, http::Reply<Output> reply) {
  api.trust_ranks.ask([reply = std::move(reply)](const Result<TrustRanks>& ranked) {
    if (!ranked.ok()) return reply(ranked.error());
    Output out;
    out.edges = ranked->edges;
    out.dids = ranked->ranks.size();
    for (const auto& [level, count] : ranked->by_level) out.levels.push_back({level, count});
    for (const auto& [context, count] : ranked->by_context) out.contexts.push_back({context, count});
    out.gini = ranked->gini_ppm / 1e6;
    out.as_of = ranked->at;
    reply(std::move(out));
  });
}

}  // namespace icn::federation::api
