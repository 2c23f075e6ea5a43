#pragma once

#include <span>

#include "dag/block_store.h"
#include "http/caller.h"
#include "ledger/api/custody.h"

namespace icn::dag {

// Lets further parties read private blocks: a job's parties, a scope's members. Thread: any.
class AccessRules {
 public:
  virtual ~AccessRules() = default;
  virtual Result<bool> may_read(const Cid& cid, const BlockMeta& meta, std::span<const Did> dids) const = 0;
};

// Blocks as a caller may see them: public ones; private ones for their author, whom they were shared with,
// whom the rules let in, and an operator of this node. Each block is asked about by itself, whatever
// links to it. What may not be read is E001, with and without credentials: that it exists is not revealed.
// Thread: any.
class Access {
 public:
  // `rules` may be null.
  Access(const BlockStore& blocks, const AccessRules* rules, const ledger::Custody& custody)
      : blocks_(blocks), rules_(rules), custody_(custody) {}

  Result<BlockPtr> get(const http::Caller& caller, const Cid& cid) const;
  Result<BlockMeta> meta(const http::Caller& caller, const Cid& cid) const;
  // The same of a record that lies at hand.
  Result<bool> may_read(const http::Caller& caller, const Cid& cid, const BlockMeta& meta) const;

 private:
  Result<void> check(const http::Caller& caller, const Cid& cid, const BlockMeta& meta) const;

  const BlockStore& blocks_;
  const AccessRules* rules_;
  const ledger::Custody& custody_;
};

}  // namespace icn::dag
