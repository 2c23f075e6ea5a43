#include "dag/exported_blocks.h"

namespace icn::dag {

identity::ReadExported exported_blocks(const BlockStore& blocks) {
  return [&blocks](const Cid& cid, const Did& reader) -> std::optional<Bytes> {
    const auto block = blocks.get(cid);
    if (!block.ok()) return std::nullopt;
    const BlockMeta& meta = (*block)->meta;
    if (meta.visibility != Visibility::kPublic && meta.author != reader) {
      const auto shared = blocks.is_shared_with(cid, reader);
      if (!shared.ok() || !*shared) return std::nullopt;
    }
    return to_bytes(as_bytes((*block)->bytes));
  };
}

}  // namespace icn::dag
