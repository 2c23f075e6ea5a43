#include "dag/api/block_summary.h"

namespace icn::dag::api {

BlockSummary summary_of(const Cid& cid, const BlockMeta& meta) {
  BlockSummary out;
  out.cid = cid;
  out.codec = codec::codec_name(cid.codec());
  out.size = meta.size;
  out.timestamp = meta.time;
  if (!meta.author.empty()) out.author_did = meta.author;
  out.type = meta.type;
  out.visibility = meta.visibility;
  if (!meta.scope.empty()) out.scope = meta.scope;
  return out;
}

}  // namespace icn::dag::api
