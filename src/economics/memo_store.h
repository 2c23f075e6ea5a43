#pragma once

#include <string>

#include "base/ids.h"
#include "codec/cid.h"

namespace icn::economics {

// Keeps the text of a transfer's memo outside the ledger, as a private block of its author named by a salted
// CID, so that it can be withdrawn (design.md 4). dag/ implements it. Thread: any.
class MemoStore {
 public:
  virtual ~MemoStore() = default;
  virtual Result<codec::Cid> keep(const Did& author, const std::string& text) = 0;
};

}  // namespace icn::economics
