#include "mesh/job_services.h"

#include <algorithm>

#include "base/errors.h"
#include "credentials/ledger_evidence.h"
#include "crypto/hash.h"
#include "crypto/key_text.h"
#include "dag/errors.h"
#include "governance/text.h"
#include "identity/resolver.h"
#include "mesh/errors.h"

namespace icn::mesh {
namespace {

Result<std::int64_t> unpack_number(const Bytes& bytes) {
  return codec::read_int64(codec::Json::Number{to_text(bytes)});
}
Bytes pack(bool value) { return {static_cast<std::uint8_t>(value ? 1 : 0)}; }

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

Result<bool> check_signature(const ledger::Reader& state, const Did& did, ByteView message,
                             ByteView signature) {
  ICN_TRY_ASSIGN(bytes, crypto::Signature::from_bytes(signature));
  ICN_TRY_ASSIGN(resolved, identity::resolve(state, did));
  ICN_TRY_ASSIGN(keys, keys_of(did, resolved));
  return std::ranges::any_of(
      keys, [&](const crypto::PublicKey& key) { return crypto::verify(key, message, bytes); });
}

constexpr std::size_t kTitleMax = 200;  // as the endpoint of proposals has it
constexpr std::size_t kTextMax = 10'000;
constexpr std::string_view kTextSaltDomain("icn:job-text:v1 ");
// Takes the texts out of the body of a proposal. Its salt follows from the job's id: the run must make the
// same block when it is run again.
Result<governance::ProposalText> take_proposal_text(codec::Json& body) {
  governance::ProposalText text;
  for (auto& [name, place] : {std::pair("title", &text.title), std::pair("description", &text.description),
                              std::pair("rationale", &text.rationale), std::pair("impact", &text.impact)}) {
    const codec::Json* given = body.find(name);
    if (given == nullptr) continue;
    if (given->string() == nullptr) return Error(errors::kMalformed, std::string(name) + ": must be a text");
    *place = *given->string();
    body.erase(name);
  }
  if (const codec::Json* given = body.find("options")) {
    ICN_TRY_ASSIGN(options, (codec::from_json<std::map<std::string, std::string>>(*given)));
    text.options = std::move(options);
    body.erase("options");
  }
  if (text.title.empty() || text.description.empty()) {
    return Error(errors::kMalformed, "title and description: are required without content");
  }
  if (governance::character_count(text.title) > kTitleMax) return Error(errors::kTooLarge, "title");
  for (const std::string* each : {&text.description, &text.rationale, &text.impact}) {
    if (governance::character_count(*each) > kTextMax) return Error(errors::kTooLarge, "description");
  }
  return text;
}

// Of a proposal as get_governance_state answers.
Result<std::uint32_t> revision_in(const Result<std::string>& state) {
  if (!state.ok()) return state.error();
  ICN_TRY_ASSIGN(json, codec::parse_json(*state));
  const codec::Json* revision = json.find("revision");
  if (revision == nullptr) return Error(errors::kNotFound, "no such proposal");
  return codec::from_json<std::uint32_t>(*revision);
}

std::string text_sum(std::string_view text) { return hex_encode(crypto::sha256(as_bytes(text))); }

Result<bool> check_credential(const ledger::Reader& state, const dag::BlockStore& blocks, TimestampSecs now,
                              std::string_view text) {
  if (text.size() > kCredentialBytesMax) return Error(errors::kTooLarge, "the credential is above 64 KiB");
  auto json = codec::parse_json(text);
  if (!json.ok()) return Error(errors::kMalformed, json.error().detail());
  const credentials::OfflineEvidence nothing_given(now);
  const credentials::LedgerEvidence evidence(state, blocks, nothing_given);
  credentials::VerifyOptions options;
  options.now = now;
  return credentials::verify(*json, options, evidence).verified;
}

Result<bool> may_read_held(const dag::BlockStore& blocks, const Did& reader, const codec::Cid& cid,
                           const dag::BlockMeta& meta) {
  if (meta.visibility == dag::Visibility::kPublic || meta.author == reader) return true;
  return blocks.is_shared_with(cid, reader);
}

}  // namespace

bool went_on(const ReadLog& reads) {
  return std::ranges::any_of(
      reads.reads, [](const ReadRecord& each) { return each.call == kLoadCheckpoint && each.code.empty(); });
}

Result<bool> may_read_block(const dag::BlockStore& blocks, const Did& reader, const codec::Cid& cid) {
  if (cid.inline_data()) return true;
  ICN_TRY_ASSIGN(meta, blocks.meta(cid));
  if (!meta) return false;
  return may_read_held(blocks, reader, cid, *meta);
}

// The block first: it is likely to be in memory, with the record that says who may read it.
Result<Bytes> load_block_as(const dag::BlockStore& blocks, const Did& reader, const codec::Cid& cid) {
  const auto block = blocks.get(cid);
  ICN_TRY_ASSIGN(may_read, block.ok() ? may_read_held(blocks, reader, cid, (*block)->meta)
                                      : may_read_block(blocks, reader, cid));
  if (!may_read) return Error(dag::kBlockNotFound, cid.to_string());
  if (!block.ok()) return block.error();
  return to_bytes(as_bytes((*block)->bytes));
}

// ---- What depends on the job alone

Result<void> Wishes::keep(dag::NewBlock block) {
  if (stored_bytes_ + block.bytes.size() > kStoredBytesMax) {
    return Error(errors::kRuleBroken, "a job may store 16 MiB");
  }
  stored_bytes_ += block.bytes.size();
  stored_.push_back(std::move(block));
  return {};
}

Result<std::string> Wishes::submit_job(std::string_view json) {
  auto parsed = codec::parse_json(json);
  if (!parsed.ok()) return Error(errors::kMalformed, parsed.error().detail());
  auto spec = codec::from_json<JobSpec>(*parsed);
  if (!spec.ok()) return Error(errors::kMalformed, spec.error().detail());
  if (stored_bytes_ + kSpecBytesMax > kStoredBytesMax) {
    return Error(errors::kRuleBroken, "a job may store 16 MiB");
  }
  ICN_TRY_ASSIGN(child, gatherer_.submit_job(std::move(*spec)));
  ICN_TRY(keep({child.block.cid, std::move(child.block.bytes), {}}));
  return child.id.text();
}

Result<std::string> Wishes::store_block(ByteView block, std::uint64_t codec) {
  auto made = dag::make_block(codec, to_bytes(block));
  if (!made.ok()) return plain_refusal(made.error());
  std::string text = made->cid.to_string();
  ICN_TRY(keep(std::move(made).value()));
  return text;
}

Result<void> Wishes::pay(std::string_view did, std::int64_t amount_millimana) {
  return gatherer_.pay(Did(std::string(did)), {amount_millimana});
}

Result<void> Wishes::spend(std::int64_t amount_millimana) { return gatherer_.spend({amount_millimana}); }

Result<void> Wishes::propose(std::string_view json) {
  auto parsed = codec::parse_json(json);
  if (!parsed.ok()) return Error(errors::kMalformed, parsed.error().detail());
  if (parsed->find("content") == nullptr) {
    ICN_TRY_ASSIGN(text, take_proposal_text(*parsed));
    text.salt = to_bytes(ByteView(crypto::sha256(as_bytes(kTextSaltDomain), as_bytes(id_.text()))).first(16));
    Bytes block = codec::encode_block(text);
    const codec::Cid cid = codec::Cid::of(codec::kDagCbor, block);
    ICN_TRY(keep({cid, std::move(block), {}}));
    parsed->set("content", cid.to_string());
  }
  return gatherer_.propose(*parsed);
}

Result<void> Wishes::vote(std::string_view proposal_id, std::string_view ballot,
                          const std::function<Result<std::uint32_t>()>& revision_of) {
  codec::Json body = codec::Json::object({});
  if (ballot.starts_with('{')) {
    auto parsed = codec::parse_json(ballot);
    if (!parsed.ok()) return Error(errors::kMalformed, parsed.error().detail());
    body = std::move(*parsed);
  } else {
    body.set("choice", std::string(ballot));
  }
  body.set("proposal_id", std::string(proposal_id));
  if (body.find("revision") == nullptr) {
    ICN_TRY_ASSIGN(revision, revision_of());
    body.set("revision", std::uint64_t{revision});
  }
  return gatherer_.vote(body);
}

Result<void> Wishes::advance(std::string_view proposal_id, std::string_view step) {
  return gatherer_.advance(
      codec::Json::object({{"proposal_id", std::string(proposal_id)}, {"step", std::string(step)}}));
}

Result<void> Wishes::save(ByteView state) {
  if (state.size() > kCheckpointBytesMax) return Error(errors::kTooLarge, "a saved state is above 1 MiB");
  if (saved_count_ >= kCheckpointsMax) return Error(errors::kRuleBroken, "a run saves its state 1,000 times");
  ++saved_count_;
  saved_ = to_bytes(state);
  return {};
}

const dag::NewBlock* Wishes::find_stored(const codec::Cid& cid) const {
  const auto found = std::ranges::find(stored_, cid, &dag::NewBlock::cid);
  return found == stored_.end() ? nullptr : &*found;
}

// ---- A run

Result<ReadRecord> JobServices::look_up(std::string_view call, std::string_view argument) const {
  for (const ReadRecord& each : declared_) {
    if (each.call == call && each.argument == argument) return each;
  }
  ReadRecord refused{std::string(call), std::string(argument), "", {}};
  if (is_redundant_)
    refused.code = errors::kForbidden.code;
  else if (state_ == nullptr)
    refused.code = errors::kNotFound.code;
  else
    return answer_read(*state_, now_, {std::string(call), std::string(argument)});
  return refused;
}

Result<Bytes> JobServices::keep(ReadRecord read) {
  if (reads_.reads.size() >= kReadsMax) return Error(errors::kRuleBroken, "too many reads");
  reads_.reads.push_back(std::move(read));
  const ReadRecord& kept = reads_.reads.back();
  if (!kept.code.empty()) return refusal_of(kept.code);
  return kept.answer;
}

Result<Bytes> JobServices::ask(std::string_view call, std::string_view argument) {
  ICN_TRY_ASSIGN(read, look_up(call, argument));
  return keep(std::move(read));
}

Result<std::int64_t> JobServices::mana_balance_millimana(std::string_view did) {
  ICN_TRY_ASSIGN(answer, ask("mana_balance", did));
  return unpack_number(answer);
}

Result<void> JobServices::spend_mana(std::int64_t amount_millimana) {
  return wishes_.spend(amount_millimana);
}

Result<void> JobServices::transfer_mana(std::string_view did, std::int64_t amount_millimana) {
  return wishes_.pay(did, amount_millimana);
}

Result<std::string> JobServices::submit_job(std::string_view json) { return wishes_.submit_job(json); }

Result<std::string> JobServices::store_block(ByteView block, std::uint64_t codec) {
  return wishes_.store_block(block, codec);
}

Result<Bytes> JobServices::load_block(std::string_view text) {
  auto cid = codec::Cid::parse(text);
  if (!cid.ok()) return Error(errors::kMalformed, cid.error().detail());
  if (const dag::NewBlock* own = wishes_.find_stored(*cid)) return own->bytes;
  const Result<Bytes> loaded = blocks_ == nullptr ? Result<Bytes>(Error(errors::kNotFound, "no blocks"))
                                                  : load_block_as(*blocks_, submitter_, *cid);
  if (!loaded.ok() && !is_refusal(loaded.error())) return loaded;
  ReadRecord read{"load_block", cid->to_string(), "", {}};
  if (!loaded.ok()) read.code = plain_refusal(loaded.error()).code();
  ICN_TRY(keep(std::move(read)));
  return loaded;
}

Result<std::string> JobServices::governance_state(std::string_view id) {
  ICN_TRY_ASSIGN(answer, ask("governance_state", id));
  return to_text(answer);
}

Result<std::string> JobServices::resolve_did(std::string_view did) {
  ICN_TRY_ASSIGN(answer, ask("resolve_did", did));
  return to_text(answer);
}

Result<std::int64_t> JobServices::reputation_thousandths(std::string_view did) {
  ICN_TRY_ASSIGN(answer, ask("reputation", did));
  return unpack_number(answer);
}

template <typename Check>
Result<bool> JobServices::judge(ReadRecord read, bool may_differ, const Check& check) {
  if (state_ == nullptr) {
    read.code = errors::kNotFound.code;
  } else if (is_redundant_ && may_differ) {
    read.code = errors::kForbidden.code;
  } else {
    const Result<bool> verdict = check(*state_);
    if (!verdict.ok() && !is_refusal(verdict.error())) return verdict;
    if (verdict.ok())
      read.answer = pack(*verdict);
    else
      read.code = plain_refusal(verdict.error()).code();
  }
  ICN_TRY_ASSIGN(answer, keep(std::move(read)));
  return answer == pack(true);
}

Result<bool> JobServices::verify_credential(std::string_view json) {
  return judge({"verify_credential", text_sum(json), "", {}}, true,
               [&](const ledger::Reader& state) -> Result<bool> {
                 if (blocks_ == nullptr) return Error(errors::kNotFound, "no blocks");
                 return check_credential(state, *blocks_, now_, json);
               });
}

Result<bool> JobServices::verify_signature(std::string_view did, ByteView message, ByteView signature) {
  return judge({"verify_signature", signature_argument(did, message, signature), "", {}},
               !did.starts_with("did:key:"), [&](const ledger::Reader& state) {
                 return check_signature(state, Did(std::string(did)), message, signature);
               });
}

Result<void> JobServices::create_proposal(std::string_view json) { return wishes_.propose(json); }

Result<void> JobServices::cast_vote(std::string_view proposal_id, std::string_view ballot) {
  return wishes_.vote(proposal_id, ballot, [&] { return revision_in(governance_state(proposal_id)); });
}

Result<void> JobServices::advance_proposal(std::string_view proposal_id, std::string_view step) {
  return wishes_.advance(proposal_id, step);
}

Result<void> JobServices::save_checkpoint(ByteView state) {
  ICN_TRY(wishes_.save(state));
  if (checkpoints_ != nullptr) checkpoints_->save(to_bytes(state));
  return {};
}

Result<Bytes> JobServices::load_checkpoint() {
  if (wishes_.saved()) return *wishes_.saved();
  std::optional<Checkpoints::Saved> newest;
  if (checkpoints_ != nullptr) {
    ICN_TRY_ASSIGN(found, checkpoints_->newest());
    newest = std::move(found);
  }
  ReadRecord read{std::string(kLoadCheckpoint), "", "", {}};
  if (newest)
    read.answer = to_bytes(as_bytes(newest->cid.to_string()));
  else
    read.code = errors::kNotFound.code;
  const auto kept = keep(std::move(read));
  const bool is_first = !newest && !kept.ok() && kept.error().is(errors::kNotFound);
  if (!kept.ok() && !(is_first && resumed_)) return kept.error();
  has_gone_on_ = true;
  return newest ? std::move(newest->state) : Bytes(*resumed_);
}

// ---- A replay

Result<Bytes> ReplayServices::next(std::string_view call, std::string_view argument) {
  if (next_ >= kReadsMax) return Error(errors::kRuleBroken, "too many reads");
  if (next_ >= reads_.reads.size() || reads_.reads[next_].call != call ||
      reads_.reads[next_].argument != argument) {
    return Error(errors::kInternal, "the run reads something else than the record: " + std::string(call));
  }
  const ReadRecord& read = reads_.reads[next_++];
  if (!read.code.empty()) return refusal_of(read.code);
  return read.answer;
}

Result<std::int64_t> ReplayServices::mana_balance_millimana(std::string_view did) {
  ICN_TRY_ASSIGN(answer, next("mana_balance", did));
  return unpack_number(answer);
}

Result<void> ReplayServices::spend_mana(std::int64_t amount_millimana) {
  return wishes_.spend(amount_millimana);
}

Result<void> ReplayServices::transfer_mana(std::string_view did, std::int64_t amount_millimana) {
  return wishes_.pay(did, amount_millimana);
}

Result<std::string> ReplayServices::submit_job(std::string_view json) { return wishes_.submit_job(json); }

Result<std::string> ReplayServices::store_block(ByteView block, std::uint64_t codec) {
  return wishes_.store_block(block, codec);
}

Result<Bytes> ReplayServices::load_block(std::string_view text) {
  auto cid = codec::Cid::parse(text);
  if (!cid.ok()) return Error(errors::kMalformed, cid.error().detail());
  if (const dag::NewBlock* own = wishes_.find_stored(*cid)) return own->bytes;
  ICN_TRY(next("load_block", cid->to_string()));
  auto bytes = load_(*cid);
  if (!bytes.ok())
    return Error(errors::kInternal, "a block the run loaded is not here: " + std::string(text));
  return bytes;
}

Result<std::string> ReplayServices::governance_state(std::string_view id) {
  ICN_TRY_ASSIGN(answer, next("governance_state", id));
  return to_text(answer);
}

Result<std::string> ReplayServices::resolve_did(std::string_view did) {
  ICN_TRY_ASSIGN(answer, next("resolve_did", did));
  return to_text(answer);
}

Result<std::int64_t> ReplayServices::reputation_thousandths(std::string_view did) {
  ICN_TRY_ASSIGN(answer, next("reputation", did));
  return unpack_number(answer);
}

Result<bool> ReplayServices::verify_credential(std::string_view json) {
  ICN_TRY_ASSIGN(answer, next("verify_credential", text_sum(json)));
  return answer == pack(true);
}

Result<bool> ReplayServices::verify_signature(std::string_view did, ByteView message, ByteView signature) {
  ICN_TRY_ASSIGN(answer, next("verify_signature", signature_argument(did, message, signature)));
  return answer == pack(true);
}

Result<void> ReplayServices::create_proposal(std::string_view json) { return wishes_.propose(json); }

Result<void> ReplayServices::cast_vote(std::string_view proposal_id, std::string_view ballot) {
  return wishes_.vote(proposal_id, ballot, [&] { return revision_in(governance_state(proposal_id)); });
}

Result<void> ReplayServices::advance_proposal(std::string_view proposal_id, std::string_view step) {
  return wishes_.advance(proposal_id, step);
}

Result<void> ReplayServices::save_checkpoint(ByteView state) { return wishes_.save(state); }

Result<Bytes> ReplayServices::load_checkpoint() {
  if (wishes_.saved()) return *wishes_.saved();
  const auto asked = next(kLoadCheckpoint, "");
  if (!asked.ok() && !asked.error().is(errors::kNotFound)) return asked.error();
  if (resume_from_) return load_(*resume_from_);
  return Error(errors::kNotFound, "no state was saved in this run");
}

}  // namespace icn::mesh
