#include "dag/texts.h"

#include "dag/awaited.h"
#include "dag/salted_text.h"
#include "ledger/errors.h"

namespace icn::dag {
namespace {

Bytes hash_of(const ledger::CheckedTransaction& transaction) { return to_bytes(transaction.hash()); }

// Whether it may not come to pass any more. What was not reached, or not in time, may.
std::optional<bool> decision_of(const Result<ledger::Commitment>& answer) {
  if (answer.ok()) return answer->outcome.ok;
  switch (answer.error().category()) {
    case Category::kInternal:
    case Category::kUnavailable:
    case Category::kRateLimited:
    case Category::kStorageFull:
      return std::nullopt;
    default:
      return false;
  }
}

}  // namespace

struct Texts::Kept {
  TextParts parts;
  Executor& executor;
  PutOptions options;
  std::vector<NewBlock> blocks{};
  std::vector<Cid> put{};  // of the transaction that was submitted

  // A retry submits the transaction of the first time, with the texts of that.
  void submitting(const ledger::CheckedTransaction& transaction) {
    std::vector<NewBlock> named;
    for (NewBlock& block : blocks) {
      if (transaction.canonical().find(block.cid.to_string()) == std::string_view::npos) continue;
      put.push_back(block.cid);
      named.push_back(std::move(block));
    }
    blocks.clear();
    if (named.empty()) return;
    options.time = parts.clock.now_secs();
    put_awaited(parts.blocks, executor, std::move(named), options,
                {hash_of(transaction), transaction.envelope().expires}, [](const Result<void>&) {});
  }
  void answered(const ledger::CheckedTransaction& transaction, const Result<ledger::Commitment>& answer) {
    const std::optional<bool> is_named = decision_of(answer);
    if (!is_named || put.empty()) return;
    const bool is_told = *is_named && options.visibility == Visibility::kPublic && parts.announce;
    settle_awaited(parts.blocks, executor, put, hash_of(transaction), *is_named, parts.clock.now_secs(),
                   [is_told, announce = parts.announce, cids = put](const Result<void>& done) {
                     if (!done.ok() || !is_told) return;
                     for (const Cid& cid : cids) announce(cid);
                   });
  }
};

Texts::Texts(TextParts parts, Executor& executor, PutOptions options)
    : kept_(std::make_shared<Kept>(Kept{std::move(parts), executor, std::move(options)})) {}

Result<Cid> Texts::add(Bytes bytes) {
  ICN_TRY_ASSIGN(block, make_block(codec::kDagCbor, std::move(bytes)));
  Cid cid = block.cid;
  kept_->blocks.push_back(std::move(block));
  return cid;
}

Result<Cid> Texts::add(const std::string& text) { return add(salted_text(kept_->parts.random, text)); }

ledger::PlainWrite Texts::write(codec::Json body) const {
  if (kept_->blocks.empty()) return {kept_->options.author, std::move(body)};
  auto beside = std::make_shared<ledger::Beside>();
  beside->submitting = [kept = kept_](const ledger::CheckedTransaction& transaction) {
    kept->submitting(transaction);
  };
  beside->answered = [kept = kept_](const ledger::CheckedTransaction& transaction,
                                    const Result<ledger::Commitment>& answer) {
    kept->answered(transaction, answer);
  };
  return {kept_->options.author, std::move(body), std::move(beside)};
}

PutOptions public_act(Did author) {
  PutOptions options;
  options.author = std::move(author);
  options.type = BlockType::kGovernance;
  options.visibility = Visibility::kPublic;
  return options;
}

Result<void> settle_texts(const ledger::Ledger& ledger, BlockStore& blocks) {
  ICN_TRY_ASSIGN(waiting, list_awaited(blocks.writer().rows()));
  if (waiting.empty()) return {};
  const TimestampSecs now = ledger.published()->head.header.time;
  ICN_TRY_ASSIGN(store, ledger.store());
  for (const AwaitedBlock& each : waiting) {
    auto known = ledger::find_commitment(*store, each.awaited.transaction);
    // Of a block that is kept no more it is not told what came of it: then it stays.
    const bool is_named =
        known.ok() ? *known && (*known)->outcome.ok : known.error().is(ledger::kBlockPruned);
    if (!known.ok() && !is_named) return known.error();
    const bool is_decided = !known.ok() || known->has_value() || now >= each.awaited.expires;
    if (!is_decided) continue;
    ICN_TRY(settle_awaited(blocks, {each.cid}, each.awaited.transaction, is_named, now));
  }
  return {};
}

}  // namespace icn::dag
