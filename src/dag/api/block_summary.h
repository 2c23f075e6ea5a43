#pragma once

#include "codec/fields.h"
#include "dag/block.h"

namespace icn::dag::api {

// What every answer about a block says of it. Answers that say more derive from it.
struct BlockSummary {
  Cid cid;
  std::string codec;
  std::uint64_t size = 0;
  TimestampSecs timestamp = 0;
  std::optional<Did> author_did;
  BlockType type = BlockType::kData;
  Visibility visibility = Visibility::kPrivate;
  std::optional<std::string> scope;
  static constexpr auto fields() {
    using codec::field;
    return described(field("cid", &BlockSummary::cid), field("codec", &BlockSummary::codec),
                     field("size", &BlockSummary::size, "bytes"),
                     field("timestamp", &BlockSummary::timestamp, "Unix seconds, when it was put"),
                     field("author_did", &BlockSummary::author_did, "absent: it came from an archive"),
                     field("type", &BlockSummary::type), field("visibility", &BlockSummary::visibility),
                     field("scope", &BlockSummary::scope));
  }
};

BlockSummary summary_of(const Cid& cid, const BlockMeta& meta);

}  // namespace icn::dag::api
