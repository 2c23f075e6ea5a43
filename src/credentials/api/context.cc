#include "credentials/api/context.h"

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

}  // namespace icn::credentials::api
