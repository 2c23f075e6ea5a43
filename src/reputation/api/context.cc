#include "reputation/api/context.h"


namespace icn::reputation::api {
namespace {

struct ReasonText {
  Bytes salt;
  std::string text;
  static constexpr auto fields() {
    return described(codec::field("salt", &ReasonText::salt), codec::field("text", &ReasonText::text));
  }
};

}  // namespace

Result<codec::Cid> keep_reason(const Api& api, const http::Call& call, const Did& author,
                               const std::string& text) {
  // Before anything is kept in its name: may the caller act as the author at all?
  ICN_TRY(api.writer.custody().key_for(call.caller(), author));
  ICN_TRY_ASSIGN(
      block, dag::make_block(codec::kDagCbor, codec::encode_block(ReasonText{api.random.bytes(16), text})));
  const codec::Cid cid = block.cid;
  dag::PutOptions options;
  options.author = author;
  options.time = api.clock.now_secs();
  options.type = dag::BlockType::kGovernance;
  options.visibility = dag::Visibility::kPublic;
  std::vector<dag::NewBlock> blocks;
  blocks.push_back(std::move(block));
  api.blocks.put_later(call.executor(), std::move(blocks), std::move(options), {},
                       [announce = api.announce, cid](const Result<void>& stored) {
                         if (stored.ok() && announce) announce(cid);
                       });
  return cid;
}

}  // namespace icn::reputation::api
