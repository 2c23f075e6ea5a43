#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "dag/block_store.h"
#include "ledger/api/writer.h"

// Texts that a transaction names by their CIDs: words of a proposal, evidence, reasons.
namespace icn::dag {

// What texts are made and kept with; all of it outlives the transactions that name them.
struct TextParts {
  BlockStore& blocks;
  const Clock& clock;
  Random& random;
  // Tells peers that this node has a public block; may be empty.
  std::function<void(const Cid&)> announce = {};
};

// Makes texts into blocks of `options.author`, who acts, for the transaction that write() asks for. They are
// put when it is submitted (`options.time` is then), told to peers when the ledger took it and they are
// public, and go when it is refused (awaited.h). Thread: that of `executor`, the call's.
class Texts {
 public:
  Texts(TextParts parts, Executor& executor, PutOptions options);

  // Errors of make_block().
  Result<Cid> add(Bytes bytes);
  // As a salted text (salted_text.h).
  Result<Cid> add(const std::string& text);
  ledger::PlainWrite write(codec::Json body) const;

 private:
  struct Kept;
  std::shared_ptr<Kept> kept_;
};

// How texts of an act are put that everybody may read about.
PutOptions public_act(Did author);

// Settles texts whose transactions were decided, or can be no more, while nobody here waited for that: after
// a crash, or an answer that never came. Waits for one group of writes; not on an io thread.
Result<void> settle_texts(const ledger::Ledger& ledger, BlockStore& blocks);

}  // namespace icn::dag
