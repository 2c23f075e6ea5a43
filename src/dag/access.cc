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

Result<bool> Access::may_read(const http::Caller& caller, const Cid& cid, const BlockMeta& meta) const {
  if (meta.visibility == Visibility::kPublic || caller.role == http::Role::kOperator) return true;
  if (custody_.may_act_as(caller, meta.author)) return true;
  if (!caller.dids) return false;
  for (const Did& did : *caller.dids) {
    ICN_TRY_ASSIGN(shared, blocks_.is_shared_with(cid, did));
    if (shared) return true;
  }
  return rules_ != nullptr ? rules_->may_read(cid, meta, *caller.dids) : Result<bool>(false);
}

Result<void> Access::check(const http::Caller& caller, const Cid& cid, const BlockMeta& meta) const {
  ICN_TRY_ASSIGN(allowed, may_read(caller, cid, meta));
  if (allowed) return {};
  return Error(kBlockNotFound, cid.to_string() + " is not held here");
}

}  // namespace icn::dag
