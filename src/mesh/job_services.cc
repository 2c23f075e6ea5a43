#include "mesh/job_services.h"

#include <algorithm>

#include "base/errors.h"
#include "crypto/hash.h"
#include "crypto/key_text.h"
#include "dag/errors.h"
#include "economics/accounts.h"
#include "identity/resolver.h"
#include "mesh/errors.h"

namespace icn::mesh {
namespace {

Bytes pack(std::int64_t value) { return to_bytes(as_bytes(std::to_string(value))); }
Bytes pack(bool value) { return {static_cast<std::uint8_t>(value ? 1 : 0)}; }
Bytes pack(const std::string& value) { return to_bytes(as_bytes(value)); }

Result<std::int64_t> unpack_number(const Bytes& bytes) {
  return codec::read_int64(codec::Json::Number{to_text(bytes)});
}

// Refusals a record can hold; by their code, so that a replay refuses in the same way.
Error refusal(const std::string& code) {
  for (const ErrorKind* kind : {&errors::kMalformed, &errors::kForbidden, &errors::kNotFound,
                                &errors::kRuleBroken, &errors::kTooLarge}) {
    if (code == kind->code) return Error(*kind);
  }
  return Error(errors::kInternal, "the record holds an unknown refusal");
}

// Every refusal becomes one of those above; what a node could not read stays an internal error.
Error plain_refusal(const Error& error) {
  switch (error.category()) {
    case Category::kMalformed:
      return Error(errors::kMalformed, error.detail());
    case Category::kUnauthenticated:
    case Category::kForbidden:
      return Error(errors::kForbidden, error.detail());
    case Category::kNotFound:
      return Error(errors::kNotFound, error.detail());
    case Category::kTooLarge:
      return Error(errors::kTooLarge, error.detail());
    case Category::kRule:
    case Category::kConflict:
      return Error(errors::kRuleBroken, error.detail());
    default:
      return error;
  }
}

bool is_refusal(const Error& error) {
  return error.category() != Category::kInternal && error.category() != Category::kUnavailable &&
         error.category() != Category::kStorageFull;
}

std::string signature_argument(std::string_view did, ByteView message, ByteView signature) {
  return std::string(did) + " " + hex_encode(crypto::sha256(message)) + " " + hex_encode(signature);
}

// The keys that sign for a DID now.
Result<std::vector<crypto::PublicKey>> keys_of(const Did& did, const identity::Resolution& resolved) {
  std::vector<crypto::PublicKey> keys;
  if (!resolved.record) {
    ICN_TRY_ASSIGN(key, crypto::read_did_key(did.text()));
    keys.push_back(key);
    return keys;
  }
  for (const identity::DocumentKey& each : resolved.record->keys) {
    ICN_TRY_ASSIGN(key, crypto::PublicKey::from_bytes(each.public_key.bytes));
    keys.push_back(key);
  }
  return keys;
}

// Both kinds of services answer these in the same way: they depend on the job alone.
Result<std::string> note_child_job(const JobId& id, const JobSpec& spec, EffectList& list,
                                   std::string_view json) {
  if (std::ranges::find(spec.grants, kGrantSubmitJob) == spec.grants.end()) {
    return Error(errors::kForbidden, "the submission does not grant \"submit_job\"");
  }
  if (list.effects.size() >= kEffectsMax) return Error(errors::kRuleBroken, "too many effects");
  ICN_TRY_ASSIGN(body, codec::parse_json(json));
  Effect effect;
  effect.kind = kGrantSubmitJob;
  effect.body = std::move(body);
  const std::string name = id.text() + "/" + std::to_string(list.effects.size());
  effect.id = codec::Cid::of(codec::kRaw, as_bytes(name + canonical_json(effect.body))).to_string();
  list.effects.push_back(effect);
  return effect.id;
}

Result<std::string> keep_block(ByteView block, std::uint64_t codec, std::vector<dag::NewBlock>& stored,
                               std::uint64_t& stored_bytes) {
  auto made = dag::make_block(codec, to_bytes(block));
  if (!made.ok()) return plain_refusal(made.error());
  if (stored_bytes + block.size() > kStoredBytesMax) {
    return Error(errors::kRuleBroken, "a job may store 16 MiB");
  }
  stored_bytes += block.size();
  std::string text = made->cid.to_string();
  stored.push_back(std::move(made).value());
  return text;
}

const dag::NewBlock* find_stored(const std::vector<dag::NewBlock>& stored, const codec::Cid& cid) {
  const auto found = std::ranges::find(stored, cid, &dag::NewBlock::cid);
  return found == stored.end() ? nullptr : &*found;
}

}  // namespace

Result<bool> may_read_block(const dag::BlockStore& blocks, const Did& reader, const codec::Cid& cid) {
  if (cid.inline_data()) return true;
  ICN_TRY_ASSIGN(meta, blocks.meta(cid));
  if (!meta) return false;
  if (meta->visibility == dag::Visibility::kPublic || meta->author == reader) return true;
  return blocks.is_shared_with(cid, reader);
}

Result<Bytes> load_block_as(const dag::BlockStore& blocks, const Did& reader, const codec::Cid& cid) {
  ICN_TRY_ASSIGN(may_read, may_read_block(blocks, reader, cid));
  if (!may_read) return Error(dag::kBlockNotFound, cid.to_string());
  ICN_TRY_ASSIGN(block, blocks.get(cid));
  return to_bytes(as_bytes(block->bytes));
}

template <typename Answer>
Result<Answer> JobServices::record(std::string_view call, std::string argument, Result<Answer> answer) {
  if (reads_.reads.size() >= kReadsMax) return Error(errors::kRuleBroken, "too many reads");
  if (!answer.ok() && !is_refusal(answer.error())) return answer;
  ReadRecord& read = reads_.reads.emplace_back();
  read.call = call;
  read.argument = std::move(argument);
  if (!answer.ok()) {
    const Error error = plain_refusal(answer.error());
    read.code = error.code();
    return error;
  }
  read.answer = pack(*answer);
  return answer;
}

Result<std::int64_t> JobServices::mana_balance_millimana(std::string_view did) {
  const auto balance = [&]() -> Result<std::int64_t> {
    if (state_ == nullptr) return Error(errors::kNotFound, "no ledger");
    ICN_TRY_ASSIGN(account, economics::load_account(*state_, Did(std::string(did))));
    if (!account) return Error(errors::kNotFound, "no such account");
    economics::settle_time(*account, now_);
    return account->balance.value;
  };
  return record("mana_balance", std::string(did), balance());
}

Result<void> JobServices::spend_mana(std::int64_t) {
  return Error(errors::kForbidden, "the submission grants no spending");
}

Result<std::string> JobServices::submit_job(std::string_view json) {
  return note_child_job(id_, spec_, effects_, json);
}

Result<std::string> JobServices::store_block(ByteView block, std::uint64_t codec) {
  return keep_block(block, codec, stored_, stored_bytes_);
}

Result<Bytes> JobServices::load_block(std::string_view text) {
  auto cid = codec::Cid::parse(text);
  if (!cid.ok()) return Error(errors::kMalformed, cid.error().detail());
  if (const dag::NewBlock* own = find_stored(stored_, *cid)) return own->bytes;
  if (reads_.reads.size() >= kReadsMax) return Error(errors::kRuleBroken, "too many reads");
  const Result<Bytes> loaded = blocks_ == nullptr ? Result<Bytes>(Error(errors::kNotFound, "no blocks"))
                                                  : load_block_as(*blocks_, submitter_, *cid);
  if (!loaded.ok() && !is_refusal(loaded.error())) return loaded;
  ReadRecord& read = reads_.reads.emplace_back();
  read.call = "load_block";
  read.argument = cid->to_string();
  if (!loaded.ok()) read.code = plain_refusal(loaded.error()).code();
  return loaded;
}

Result<std::string> JobServices::governance_state(std::string_view) {
  return Error(errors::kNotFound, "this network has no governance state yet");
}

Result<std::string> JobServices::resolve_did(std::string_view did) {
  const auto document = [&]() -> Result<std::string> {
    if (state_ == nullptr) return Error(errors::kNotFound, "no ledger");
    ICN_TRY_ASSIGN(resolved, identity::resolve(*state_, Did(std::string(did))));
    return codec::write_json(resolved.document);
  };
  return record("resolve_did", std::string(did), document());
}

Result<std::int64_t> JobServices::reputation_thousandths(std::string_view) {
  return std::int64_t{kDefaultReputation} * 1'000;
}

Result<bool> JobServices::verify_credential(std::string_view) {
  return Error(errors::kNotFound, "this network has no credentials yet");
}

Result<bool> JobServices::verify_signature(std::string_view did, ByteView message, ByteView signature) {
  const auto verdict = [&]() -> Result<bool> {
    if (state_ == nullptr) return Error(errors::kNotFound, "no ledger");
    ICN_TRY_ASSIGN(bytes, crypto::Signature::from_bytes(signature));
    ICN_TRY_ASSIGN(resolved, identity::resolve(*state_, Did(std::string(did))));
    ICN_TRY_ASSIGN(keys, keys_of(Did(std::string(did)), resolved));
    return std::ranges::any_of(
        keys, [&](const crypto::PublicKey& key) { return crypto::verify(key, message, bytes); });
  };
  return record("verify_signature", signature_argument(did, message, signature), verdict());
}

Result<const ReadRecord*> ReplayServices::next(std::string_view call, const std::string& argument) {
  if (next_ >= reads_.reads.size() || reads_.reads[next_].call != call ||
      reads_.reads[next_].argument != argument) {
    return Error(errors::kInternal, "the run reads something else than the record: " + std::string(call));
  }
  return &reads_.reads[next_++];
}

Result<std::int64_t> ReplayServices::mana_balance_millimana(std::string_view did) {
  ICN_TRY_ASSIGN(read, next("mana_balance", std::string(did)));
  if (!read->code.empty()) return refusal(read->code);
  return unpack_number(read->answer);
}

Result<void> ReplayServices::spend_mana(std::int64_t) {
  return Error(errors::kForbidden, "the submission grants no spending");
}

Result<std::string> ReplayServices::submit_job(std::string_view json) {
  return note_child_job(id_, spec_, effects_, json);
}

Result<std::string> ReplayServices::store_block(ByteView block, std::uint64_t codec) {
  return keep_block(block, codec, stored_, stored_bytes_);
}

Result<Bytes> ReplayServices::load_block(std::string_view text) {
  auto cid = codec::Cid::parse(text);
  if (!cid.ok()) return Error(errors::kMalformed, cid.error().detail());
  if (const dag::NewBlock* own = find_stored(stored_, *cid)) return own->bytes;
  ICN_TRY_ASSIGN(read, next("load_block", cid->to_string()));
  if (!read->code.empty()) return refusal(read->code);
  auto bytes = load_(*cid);
  if (!bytes.ok())
    return Error(errors::kInternal, "a block the run loaded is not here: " + std::string(text));
  return bytes;
}

Result<std::string> ReplayServices::governance_state(std::string_view) {
  return Error(errors::kNotFound, "this network has no governance state yet");
}

Result<std::string> ReplayServices::resolve_did(std::string_view did) {
  ICN_TRY_ASSIGN(read, next("resolve_did", std::string(did)));
  if (!read->code.empty()) return refusal(read->code);
  return to_text(read->answer);
}

Result<std::int64_t> ReplayServices::reputation_thousandths(std::string_view) {
  return std::int64_t{kDefaultReputation} * 1'000;
}

Result<bool> ReplayServices::verify_credential(std::string_view) {
  return Error(errors::kNotFound, "this network has no credentials yet");
}

Result<bool> ReplayServices::verify_signature(std::string_view did, ByteView message, ByteView signature) {
  ICN_TRY_ASSIGN(read, next("verify_signature", signature_argument(did, message, signature)));
  if (!read->code.empty()) return refusal(read->code);
  return read->answer == pack(true);
}

}  // namespace icn::mesh
