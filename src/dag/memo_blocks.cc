#include "dag/memo_blocks.h"

#include "codec/records.h"

namespace icn::dag {
namespace {

struct Memo {
  Bytes salt;
  std::string text;
  static constexpr auto fields() {
    return described(codec::field("salt", &Memo::salt), codec::field("text", &Memo::text));
  }
};

}  // namespace

Result<Cid> MemoBlocks::keep(const Did& author, const std::string& text) {
  PutOptions options;
  options.author = author;
  options.time = clock_.now_secs();
  options.type = BlockType::kEconomic;
  return blocks_.put(codec::kDagCbor, codec::encode_block(Memo{random_.bytes(16), text}), options);
}

}  // namespace icn::dag
