#include "governance/api/texts.h"

#include "dag/awaited.h"
#include "dag/salted_text.h"
#include "ledger/errors.h"

namespace icn::governance::api {
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
  const Api& api;
  Executor& executor;
  Did author;
  std::vector<dag::NewBlock> blocks;
  std::vector<codec::Cid> put{};  // of the transaction that was submitted

  // A retry submits the transaction of the first time, with the texts of that.
  void submitting(const ledger::CheckedTransaction& transaction) {
    std::vector<dag::NewBlock> named;
    for (dag::NewBlock& block : blocks) {
      if (transaction.canonical().find(block.cid.to_string()) == std::string_view::npos) continue;
      put.push_back(block.cid);
      named.push_back(std::move(block));
    }
    blocks.clear();
    if (named.empty()) return;
    dag::PutOptions options;
    options.author = author;
    options.time = api.clock.now_secs();
    options.type = dag::BlockType::kGovernance;
    options.visibility = dag::Visibility::kPublic;
    dag::put_awaited(api.blocks, executor, std::move(named), std::move(options),
                     {hash_of(transaction), transaction.envelope().expires}, [](const Result<void>&) {});
  }
  void answered(const ledger::CheckedTransaction& transaction, const Result<ledger::Commitment>& answer) {
    const std::optional<bool> is_named = decision_of(answer);
    if (!is_named || put.empty()) return;
    dag::settle_awaited(api.blocks, executor, put, hash_of(transaction), *is_named, api.clock.now_secs(),
                        [is_told = *is_named && api.announce, announce = api.announce,
                         cids = put](const Result<void>& done) {
                          if (!done.ok() || !is_told) return;
                          for (const codec::Cid& cid : cids) announce(cid);
                        });
  }
};

Texts::Texts(const Api& api, const http::Call& call, Did author)
    : api_(api), kept_(std::make_shared<Kept>(Kept{api, call.executor(), std::move(author), {}})) {}

Result<codec::Cid> Texts::add(Bytes bytes) {
  ICN_TRY_ASSIGN(block, dag::make_block(codec::kDagCbor, std::move(bytes)));
  codec::Cid cid = block.cid;
  kept_->blocks.push_back(std::move(block));
  return cid;
}

Result<codec::Cid> Texts::add(const std::string& text) {
  return add(dag::salted_text(api_.random, text));
}

ledger::PlainWrite Texts::write(codec::Json body) const {
  if (kept_->blocks.empty()) return {kept_->author, std::move(body)};
  auto beside = std::make_shared<ledger::Beside>();
  beside->submitting = [kept = kept_](const ledger::CheckedTransaction& transaction) {
    kept->submitting(transaction);
  };
  beside->answered = [kept = kept_](const ledger::CheckedTransaction& transaction,
                                    const Result<ledger::Commitment>& answer) {
    kept->answered(transaction, answer);
  };
  return {kept_->author, std::move(body), std::move(beside)};
}

Result<void> settle_texts(const ledger::Ledger& ledger, dag::BlockStore& blocks) {
  ICN_TRY_ASSIGN(waiting, dag::list_awaited(blocks.writer().rows()));
  if (waiting.empty()) return {};
  const TimestampSecs now = ledger.published()->head.header.time;
  ICN_TRY_ASSIGN(store, ledger.store());
  for (const dag::AwaitedBlock& each : waiting) {
    auto known = ledger::find_commitment(*store, each.awaited.transaction);
    // Of a block that is kept no more it is not told what came of it: then it stays.
    const bool is_named = known.ok() ? *known && (*known)->outcome.ok : known.error().is(ledger::kBlockPruned);
    if (!known.ok() && !is_named) return known.error();
    const bool is_decided = !known.ok() || known->has_value() || now >= each.awaited.expires;
    if (!is_decided) continue;
    ICN_TRY(dag::settle_awaited(blocks, {each.cid}, each.awaited.transaction, is_named, now));
  }
  return {};
}

}  // namespace icn::governance::api
