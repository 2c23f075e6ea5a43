#include "dag/api/get_block.h"

#include "codec/link_walk.h"

namespace icn::dag::api {
namespace {

struct BlockView {
  GetBlockMeta::Output meta;
  Bytes data;
  static constexpr auto fields() {
    return described(codec::field("meta", &BlockView::meta), codec::field("data", &BlockView::data));
  }
};

Result<GetBlockMeta::Output> describe(const Block& block) {
  GetBlockMeta::Output out{summary_of(block.cid, block.meta), {}};
  ICN_TRY_ASSIGN(links, codec::links_of(block.cid.codec(), as_bytes(block.bytes)));
  for (codec::BlockLink& link : links)
    out.links.push_back({std::move(link.name), std::move(link.cid), link.size});
  return out;
}

Result<http::Response> answer(const Api& api, const http::Request& request) {
  ICN_TRY_ASSIGN(cid, cid_parameter(request));
  ICN_TRY_ASSIGN(block, api.access.get(request.caller, cid));
  api.get_count.add();
  const auto accept = request.headers.find("accept");
  if (accept && accept->find("application/json") != std::string_view::npos) {
    ICN_TRY_ASSIGN(meta, describe(*block));
    return http::Response::json(
        codec::to_json_text(BlockView{std::move(meta), to_bytes(as_bytes(block->bytes))}));
  }
  auto response = http::Response::cached("application/vnd.ipld.raw",
                                         std::shared_ptr<const std::string>(block, &block->bytes));
  return response;
}

}  // namespace

void GetBlock::handle(const Api& api, http::ExchangePtr exchange) {
  auto response = answer(api, exchange->request());
  if (!response.ok()) return exchange->reply(response.error());
  exchange->reply(std::move(response).value());
}

Result<GetBlockMeta::Output> GetBlockMeta::handle(const Api& api, const http::Call& call,
                                                  const Input& input) {
  ICN_TRY_ASSIGN(block, api.access.get(call.caller(), input.cid));
  return describe(*block);
}

}  // namespace icn::dag::api
