#include "dag/block.h"

#include <algorithm>

#include "codec/link_walk.h"
#include "dag/errors.h"

namespace icn::dag {
namespace {

Result<NewBlock> with_links(NewBlock block) {
  if (block.bytes.size() > kBlockBytesMax) {
    return Error(kBlockTooLarge, std::to_string(block.bytes.size()) + " bytes; at most 2 MiB are allowed");
  }
  ICN_TRY_ASSIGN(links, codec::links_of(block.cid.codec(), block.bytes));
  for (const codec::BlockLink& link : links) {
    if (!link.cid.inline_data()) block.links.push_back(link.cid.to_v1());
  }
  std::ranges::sort(block.links);
  block.links.erase(std::unique(block.links.begin(), block.links.end()), block.links.end());
  return block;
}

}  // namespace

Result<NewBlock> make_block(std::uint64_t codec, Bytes bytes) {
  NewBlock block;
  block.cid = Cid::of(codec, bytes);
  block.bytes = std::move(bytes);
  return with_links(std::move(block));
}

Result<NewBlock> verify_block(const Cid& cid, Bytes bytes) {
  ICN_TRY(cid.verify(bytes));
  return trusted_block(cid, std::move(bytes));
}

Result<NewBlock> trusted_block(const Cid& cid, Bytes bytes) {
  NewBlock block;
  block.cid = cid.to_v1();
  block.bytes = std::move(bytes);
  return with_links(std::move(block));
}

Result<std::uint64_t> codec_named(std::string_view name) {
  for (const std::uint64_t codec : {codec::kRaw, codec::kDagPb, codec::kDagCbor, codec::kDagJson}) {
    if (codec::codec_name(codec) == name) return codec;
  }
  return Error(codec::errors::kUnsupportedCodec,
               "\"" + std::string(name.substr(0, 40)) + "\" is none of raw, dag-pb, dag-cbor, dag-json");
}

}  // namespace icn::dag
