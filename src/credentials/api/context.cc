#include "credentials/api/context.h"

#include <utility>

#include "crypto/key_text.h"
#include "identity/errors.h"
#include "identity/tables.h"

namespace icn::credentials::api {

std::string base_url(const Api& api, const http::Request& request) {
  if (!api.public_url.empty()) return api.public_url;
  const auto host = request.headers.find("host");
  return "http://" + std::string(host.value_or("localhost"));
}

Result<crypto::PublicKey> current_key(const ledger::Reader& state, const Did& did) {
  ICN_TRY_ASSIGN(parsed, identity::parse_did(did.text()));
  if (parsed.method == identity::DidMethod::kKey) return parsed.key;
  ICN_TRY_ASSIGN(document, identity::kDocuments.get(state, did));
  if (!document) return Error(identity::kDidNotFound, "the ledger has no " + did.text());
  if (document->keys.empty()) return Error(identity::kDidDeactivated, did.text() + " was deactivated");
  return crypto::PublicKey::from_bytes(document->keys.back().public_key.bytes);
}

Result<dag::BlockPtr> block_for(const Api& api, const http::Caller& caller, const codec::Cid& cid,
                                const Did& reader) {
  auto block = api.access.get(caller, cid);
  if (block.ok() || !api.writer.custody().may_act_as(caller, reader)) return block;
  // A record names any block it likes: what counts is with whom it was shared.
  ICN_TRY_ASSIGN(is_shared, api.blocks.is_shared_with(cid, reader));
  return is_shared ? api.blocks.get(cid) : std::move(block);
}

void keep_block(const Api& api, const http::ExchangePtr& exchange, KeptBlock kept,
                std::function<void(const codec::Cid&)> next) {
  auto block = dag::make_block(kept.codec, std::move(kept.bytes));
  if (!block.ok()) return exchange->reply(block.error());
  dag::PutOptions put;
  put.author = kept.author;
  put.reader = kept.reader;
  put.time = api.clock.now_secs();
  put.type = dag::BlockType::kIdentity;
  put.visibility = kept.is_public ? dag::Visibility::kPublic : dag::Visibility::kPrivate;
  const codec::Cid cid = block->cid;
  std::vector<dag::NewBlock> blocks;
  blocks.push_back(std::move(*block));
  api.blocks.put_later(
      exchange->executor(), std::move(blocks), std::move(put), {},
      [&api, exchange, cid, is_public = kept.is_public, next = std::move(next)](const Result<void>& done) {
        if (!done.ok()) return exchange->reply(done.error());
        if (is_public && api.announce) api.announce(cid);
        next(cid);
      });
}

void BlockOnItsWay::when_stored(std::function<void(const Result<void>&)> answer) {
  if (stored_) return answer(*stored_);
  waiting_ = std::move(answer);
}

void BlockOnItsWay::set(const Result<void>& stored) {
  stored_ = stored;
  if (waiting_) std::exchange(waiting_, nullptr)(*stored_);
}

void keep_block_beside(
    const Api& api, const http::ExchangePtr& exchange, KeptBlock kept,
    const std::function<void(const codec::Cid&, const std::shared_ptr<BlockOnItsWay>&)>& next) {
  const auto way = std::make_shared<BlockOnItsWay>();
  if (api.staged == nullptr) {
    way->set({});
    return keep_block(api, exchange, std::move(kept), [next, way](const codec::Cid& cid) { next(cid, way); });
  }
  const StagedBlock staged{kept.codec,  kept.bytes,           kept.author,
                           kept.reader, api.clock.now_secs(), kept.is_public};
  auto block = dag::make_block(kept.codec, std::move(kept.bytes));
  if (!block.ok()) return exchange->reply(block.error());
  const codec::Cid cid = block->cid;
  if (auto written = api.staged->stage(cid, staged); !written.ok()) return exchange->reply(written.error());
  std::vector<dag::NewBlock> blocks;
  blocks.push_back(std::move(*block));
  api.blocks.put_later(exchange->executor(), std::move(blocks), StagedBlocks::options_of(staged), {},
                       [&api, cid, way, is_public = kept.is_public](const Result<void>& done) {
                         if (done.ok()) api.staged->forget(cid);
                         if (done.ok() && is_public && api.announce) api.announce(cid);
                         way->set(done);
                       });
  next(cid, way);
}

}  // namespace icn::credentials::api
