#include "dag/access.h"

#include "dag/errors.h"

namespace icn::dag {

Result<BlockPtr> Access::get(const http::Caller& caller, const Cid& cid) const {
  ICN_TRY_ASSIGN(block, blocks_.get(cid));
  ICN_TRY(check(caller, cid, block->meta));
  return block;
}

Result<BlockMeta> Access::meta(const http::Caller& caller, const Cid& cid) const {
  ICN_TRY_ASSIGN(meta, blocks_.meta(cid));
  if (!meta) return Error(kBlockNotFound, cid.to_string() + " is not held here");
  ICN_TRY(check(caller, cid, *meta));
  return std::move(*meta);
}

Result<void> Access::check(const http::Caller& caller, const Cid& cid, const BlockMeta& meta) const {
  if (meta.visibility == Visibility::kPublic || caller.role == http::Role::kOperator) return {};
  if (custody_.may_act_as(caller, meta.author)) return {};
  if (caller.dids) {
    for (const Did& did : *caller.dids) {
      ICN_TRY_ASSIGN(shared, blocks_.is_shared_with(cid, did));
      if (shared) return {};
    }
    if (rules_ != nullptr) {
      ICN_TRY_ASSIGN(allowed, rules_->may_read(cid, meta, *caller.dids));
      if (allowed) return {};
    }
  }
  return Error(kBlockNotFound, cid.to_string() + " is not held here");
}

}  // namespace icn::dag
