#include "dag/api/query_blocks.h"

namespace icn::dag::api {
namespace {

using Filter = QueryBlocks::Filter;

// What one request may cost an io thread.
constexpr std::size_t kRowsMax = 10'000;
constexpr std::size_t kPrivateRowsMax = 2'000;  // each is asked about: may the caller read it
constexpr std::size_t kDataBytesMax = std::size_t{4} << 20;

bool fits(const Filter& filter, const BlockMeta& meta) {
  return (!filter.author || meta.author == *filter.author) && (!filter.type || meta.type == *filter.type) &&
         (!filter.since || meta.time >= *filter.since) && (!filter.scope || meta.scope == *filter.scope);
}

// A cursor goes on with the filter it came from.
std::string list_name(const Filter& filter) { return "data.query " + codec::to_json_text(filter); }

Result<QueryBlocks::Output> one_block(const Api& api, const http::Caller& caller, const Cid& cid,
                                      bool with_data) {
  QueryBlocks::Output output;
  if (with_data) {
    ICN_TRY_ASSIGN(block, api.access.get(caller, cid));
    output.items.push_back({summary_of(block->cid, block->meta), to_bytes(as_bytes(block->bytes))});
  } else {
    ICN_TRY_ASSIGN(meta, api.access.meta(caller, cid));
    output.items.push_back({summary_of(cid.to_v1(), meta), std::nullopt});
  }
  return output;
}

// One page of a filtered walk over the records.
class Walk {
 public:
  Walk(const Api& api, const http::Caller& caller, const QueryBlocks::Input& input)
      : api_(api), caller_(caller), input_(input) {}

  // `after`: the key of the last record that was looked at; empty: from the start.
  Result<QueryBlocks::Output> run(Bytes after) {
    ledger::ScanRange range{{}, std::move(after), {}, false};
    if (!range.from.empty()) range.from.push_back(0);
    ICN_TRY_ASSIGN(rows, kBlockMeta.scan(api_.blocks.store(), range));
    Bytes last;
    while (true) {
      ICN_TRY_ASSIGN(meta, rows.next());
      if (!meta) return std::move(page_);
      if (is_full()) break;
      last = to_bytes(rows.key());
      ++rows_;
      if (fits(*input_.filter, *meta)) ICN_TRY(take(rows.key(), *meta));
    }
    page_.next_cursor = api_.cursors.seal(list_name(*input_.filter), last);
    return std::move(page_);
  }

 private:
  bool is_full() const {
    return page_.items.size() == input_.limit || rows_ == kRowsMax || private_rows_ == kPrivateRowsMax ||
           data_bytes_ >= kDataBytesMax;
  }

  Result<void> take(ByteView key, const BlockMeta& meta) {
    Bytes bytes;
    if (!storage::parse_key(key, bytes))
      return Error(errors::kInternal, "a key of a block record is damaged");
    ICN_TRY_ASSIGN(cid, Cid::from_bytes(bytes));
    if (meta.visibility == Visibility::kPrivate) ++private_rows_;
    ICN_TRY_ASSIGN(is_readable, api_.access.may_read(caller_, cid, meta));
    if (!is_readable) return {};
    page_.items.push_back({summary_of(cid, meta), std::nullopt});
    if (!input_.data) return {};
    const auto block = api_.blocks.get(cid);
    if (!block.ok()) return {};  // pruned meanwhile, or damaged: GET says which
    page_.items.back().data = to_bytes(as_bytes((*block)->bytes));
    data_bytes_ += (*block)->bytes.size();
    return {};
  }

  const Api& api_;
  const http::Caller& caller_;
  const QueryBlocks::Input& input_;
  QueryBlocks::Output page_;
  std::size_t rows_ = 0;
  std::size_t private_rows_ = 0;
  std::size_t data_bytes_ = 0;
};

}  // namespace

Result<QueryBlocks::Output> QueryBlocks::handle(const Api& api, const http::Call& call, const Input& input) {
  if (input.cid.has_value() == input.filter.has_value())
    return Error(errors::kMalformed, "give either cid or filter; filter {} is every block");
  if (input.cid) return one_block(api, call.caller(), *input.cid, input.data);
  Bytes after;
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(list_name(*input.filter), *input.cursor));
    after = std::move(position);
  }
  return Walk(api, call.caller(), input).run(std::move(after));
}

}  // namespace icn::dag::api
