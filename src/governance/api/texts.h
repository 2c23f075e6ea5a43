#pragma once

#include "governance/api/context.h"

// Texts that a transaction names by their CIDs.
namespace icn::governance::api {

// Makes texts into public blocks of `author`, who acts, for the transaction that write() asks for. They are put
// when it is submitted, told to peers when the ledger took it, and go when it is refused (dag/awaited.h).
// Thread: the call's.
class Texts {
 public:
  Texts(const Api& api, const http::Call& call, Did author);

  // Errors of the block's form.
  Result<codec::Cid> add(Bytes bytes);
  // A text of an action, evidence, a reason.
  Result<codec::Cid> add(const std::string& text);
  ledger::PlainWrite write(codec::Json body) const;

 private:
  struct Kept;
  const Api& api_;
  std::shared_ptr<Kept> kept_;
};

// Settles texts whose transactions were decided, or can be no more, while nobody here waited for that: after a
// crash, or an answer that never came. Waits for one group of writes; not on an io thread.
Result<void> settle_texts(const ledger::Ledger& ledger, dag::BlockStore& blocks);

}  // namespace icn::governance::api
