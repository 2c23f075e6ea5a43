#pragma once

#include "dag/api/block_summary.h"
#include "dag/api/context.h"

namespace icn::dag::api {

// GET /dag/blocks/{cid}: the bytes; for `Accept: application/json` a description with the data in base64.
// E001, also for a private block that the caller may not read.
struct GetBlock {
  static constexpr std::string_view summary = "A block: its bytes, or JSON by Accept";
  static constexpr std::string_view output_content_type = "application/vnd.ipld.raw";
  static void handle(const Api& api, http::ExchangePtr exchange);
};

struct LinkView {
  std::string name;
  Cid cid;
  std::uint64_t size = 0;
  static constexpr std::string_view schema_name = "BlockLink";
  static constexpr auto fields() {
    using codec::field;
    return described(field("name", &LinkView::name), field("cid", &LinkView::cid),
                     field("size", &LinkView::size, "of all below it, as the link says; 0: it does not"));
  }
};

// GET /dag/blocks/{cid}/meta
struct GetBlockMeta {
  struct Input {
    Cid cid;
    static constexpr auto fields() { return described(codec::field("cid", &Input::cid)); }
  };
  struct Output : BlockSummary {
    std::vector<LinkView> links;
    static constexpr std::string_view schema_name = "BlockMeta";
    static constexpr auto fields() {
      return BlockSummary::fields().with(codec::field("links", &Output::links));
    }
  };
  static constexpr std::string_view summary = "What is known of a block";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::dag::api
