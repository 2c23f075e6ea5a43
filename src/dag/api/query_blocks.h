#pragma once

#include "dag/api/block_summary.h"
#include "dag/api/context.h"

namespace icn::dag::api {

// POST /data/query: one block by its CID, or those a filter lets through, in order of CID. Shows what the
// caller may read and nothing of the rest. There is no index over blocks (dag/tables.h says why): a page
// searches up to 10,000 records, so it may hold fewer than `limit` items, even none, and still name the next
// one. The blocks of an upload of more than 512 show when they have their records, seconds after it.
//   malformed (neither or both of cid and filter), E001, bad_cursor
struct QueryBlocks {
  struct Filter {
    std::optional<Did> author;
    std::optional<BlockType> type;
    std::optional<TimestampSecs> since;
    std::optional<std::string> scope;
    static constexpr std::string_view schema_name = "BlockFilter";
    static constexpr auto fields() {
      using codec::field;
      return described(field("author", &Filter::author, "DID that put or signed it"),
                       field("type", &Filter::type),
                       field("since", &Filter::since, "Unix seconds: put then or later"),
                       field("scope", &Filter::scope, "exactly this one", {0, 200}));
    }
  };
  struct Input {
    std::optional<Cid> cid;
    std::optional<Filter> filter;
    bool data = false;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr std::string_view schema_name = "BlockQuery";
    static constexpr auto fields() {
      using codec::field, codec::defaulted_field;
      return described(field("cid", &Input::cid, "this block; else give a filter"),
                       field("filter", &Input::filter, "what all items have; {}: every block"),
                       defaulted_field("data", &Input::data, "the bytes too, default false"),
                       http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  struct Item : BlockSummary {
    std::optional<Bytes> data;
    static constexpr std::string_view schema_name = "QueriedBlock";
    static constexpr auto fields() {
      return BlockSummary::fields().with(codec::field("data", &Item::data, "absent: not asked for"));
    }
  };
  using Output = http::Page<Item>;
  static constexpr std::string_view summary = "Blocks by CID, or by author, type, time and scope";
  static constexpr bool changes_state = false;
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::dag::api
