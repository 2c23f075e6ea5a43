#include "consensus/cometbft/vote_signer.h"

#include <limits>
#include <tuple>

#include "base/errors.h"
#include "consensus/cometbft/errors.h"
#include "consensus/cometbft/frame.h"
#include "crypto/durable_file.h"
#include "privval.pb.h"

namespace icn::consensus {
namespace {

constexpr std::size_t kFileBytesMax = 64 * 1024;
constexpr std::uint64_t kProposal = 1;
constexpr std::uint64_t kPrevote = 2;
constexpr std::uint64_t kPrecommit = 3;
constexpr std::int64_t kRoundMax = std::numeric_limits<std::int32_t>::max();  // of CometBFT

// None was written yet: nothing is signed.
Result<LastSigned> read_last(const std::string& file) {
  if (!crypto::file_exists(file)) return LastSigned{};
  ICN_TRY_ASSIGN(text, crypto::read_secret_file(file, kFileBytesMax));
  auto json = codec::parse_json(as_text(text.view()));
  auto last = json.ok() ? codec::from_json<LastSigned>(*json) : Result<LastSigned>(json.error());
  if (last.ok()) return last;
  return Error(errors::kInternal,
               file + " is damaged: " + last.error().detail() + "; without it this validator must not sign");
}

Result<void> write_last(const std::string& file, const LastSigned& last) {
  const std::string text = codec::write_json(codec::to_json(last)) + "\n";
  return crypto::write_file_durably(file, as_bytes(text), crypto::Existing::kReplace);
}

template <typename Canonical>
Bytes with_length(const Canonical& message) {
  std::string out;
  append_frame(out, message.SerializeAsString());
  return to_bytes(as_bytes(out));
}

template <typename Canonical>
Result<Canonical> without_length(ByteView bytes) {
  FrameReader reader;
  reader.feed(as_text(bytes));
  ICN_TRY_ASSIGN(frame, reader.next());
  Canonical out;
  if (!frame || !out.ParseFromArray(frame->data(), static_cast<int>(frame->size())))
    return Error(kBadAbci, "what was signed last cannot be read");
  return out;
}

// A vote for nothing has no block id at all; any other names its parts, be they empty.
template <typename Canonical, typename Message>
void copy_block_id(const Message& message, Canonical& out) {
  const privval::BlockID& id = message.block_id();
  if (id.hash().empty() && id.part_set_header().total() == 0 && id.part_set_header().hash().empty()) return;
  out.mutable_block_id()->CopyFrom(id);
  out.mutable_block_id()->mutable_part_set_header();
}

template <typename Canonical, typename Message>
Canonical canonical(const Message& message, const std::string& chain) {
  Canonical out;
  out.set_type(message.type());
  out.set_height(message.height());
  out.set_round(message.round());
  copy_block_id(message, out);
  out.mutable_timestamp()->CopyFrom(message.timestamp());
  out.set_chain_id(chain);
  return out;
}

// The time of what was signed, if that is all in which the two differ.
template <typename Canonical>
Result<std::optional<privval::Time>> time_if_else_equal(ByteView signed_bytes, ByteView bytes) {
  ICN_TRY_ASSIGN(before, without_length<Canonical>(signed_bytes));
  ICN_TRY_ASSIGN(now, without_length<Canonical>(bytes));
  now.mutable_timestamp()->CopyFrom(before.timestamp());
  if (with_length(now) != with_length(before)) return std::optional<privval::Time>();
  return std::optional(before.timestamp());
}

Error conflict(const LastSigned& place) {
  return Error(errors::kConflict, "another message was signed for height " + std::to_string(place.height) +
                                      ", round " + std::to_string(place.round));
}

}  // namespace

Result<VoteSigner> VoteSigner::open(std::string chain, const crypto::SecretKey& key, std::string file) {
  VoteSigner signer(std::move(chain), key, std::move(file));
  ICN_TRY_ASSIGN(last, read_last(signer.file_));
  signer.last_ = std::move(last);
  return signer;
}

Result<void> VoteSigner::begin_after(const std::string& file, std::int64_t height) {
  ICN_TRY_ASSIGN(last, read_last(file));
  if (last.height > height) return {};
  return write_last(file, {height, kRoundMax, kPrecommit, {}, {}});
}

Result<std::optional<crypto::Signature>> VoteSigner::sign_at(const LastSigned& place) {
  const auto now = std::tuple(place.height, place.round, place.step);
  const auto before = std::tuple(last_.height, last_.round, last_.step);
  if (now < before) {
    return Error(errors::kConflict, "height " + std::to_string(place.height) + ", round " +
                                        std::to_string(place.round) + ", step " + std::to_string(place.step) +
                                        " lies before what was signed last, height " +
                                        std::to_string(last_.height));
  }
  if (now == before) {
    if (place.bytes.bytes != last_.bytes.bytes) return std::optional<crypto::Signature>();
    ICN_TRY_ASSIGN(signature, crypto::Signature::from_bytes(last_.signature.bytes));
    return std::optional(signature);
  }
  const crypto::Signature signature = key_->sign(place.bytes.bytes);
  LastSigned next = place;
  next.signature.bytes = to_bytes(signature.view());
  ICN_TRY(write_last(file_, next));
  last_ = std::move(next);
  return std::optional(signature);
}

Result<void> VoteSigner::sign(privval::Vote& vote) {
  const bool is_precommit = vote.type() == privval::SIGNED_MSG_TYPE_PRECOMMIT;
  if (!is_precommit && vote.type() != privval::SIGNED_MSG_TYPE_PREVOTE)
    return Error(kBadAbci, "a vote that is neither prevote nor precommit");
  LastSigned place{vote.height(), vote.round(), is_precommit ? kPrecommit : kPrevote, {}, {}};
  place.bytes.bytes = with_length(canonical<privval::CanonicalVote>(vote, chain_));
  ICN_TRY_ASSIGN(signature, sign_at(place));
  if (!signature) {
    ICN_TRY_ASSIGN(time, time_if_else_equal<privval::CanonicalVote>(last_.bytes.bytes, place.bytes.bytes));
    if (!time) return conflict(place);
    vote.mutable_timestamp()->CopyFrom(*time);
    vote.set_signature(to_text(last_.signature.bytes));
  } else {
    vote.set_signature(to_text(signature->view()));
  }
  // The engine wants it with every precommit for a block and drops it where extensions are off.
  if (is_precommit && !vote.block_id().hash().empty()) {
    privval::CanonicalVoteExtension extension;
    extension.set_extension(vote.extension());
    extension.set_height(vote.height());
    extension.set_round(vote.round());
    extension.set_chain_id(chain_);
    vote.set_extension_signature(to_text(key_->sign(with_length(extension)).view()));
  }
  return {};
}

Result<void> VoteSigner::sign(privval::Proposal& proposal) {
  LastSigned place{proposal.height(), proposal.round(), kProposal, {}, {}};
  auto message = canonical<privval::CanonicalProposal>(proposal, chain_);
  message.set_type(privval::SIGNED_MSG_TYPE_PROPOSAL);
  message.set_pol_round(proposal.pol_round());
  place.bytes.bytes = with_length(message);
  ICN_TRY_ASSIGN(signature, sign_at(place));
  if (signature) {
    proposal.set_signature(to_text(signature->view()));
    return {};
  }
  ICN_TRY_ASSIGN(time, time_if_else_equal<privval::CanonicalProposal>(last_.bytes.bytes, place.bytes.bytes));
  if (!time) return conflict(place);
  proposal.mutable_timestamp()->CopyFrom(*time);
  proposal.set_signature(to_text(last_.signature.bytes));
  return {};
}

void VoteSigner::answer(const privval::Message& request, privval::Message& response) {
  const auto checked = [&](const std::string& chain) {
    return chain == chain_ ? Result<void>() : Result<void>(Error(kWrongGenesis, "another chain: " + chain));
  };
  const auto refuse = [](privval::RemoteSignerError& out, const Error& error) {
    out.set_code(1);
    out.set_description(error.detail());
  };
  if (request.has_ping_request()) {
    response.mutable_ping_response();
  } else if (request.has_pub_key_request()) {
    auto& out = *response.mutable_pub_key_response();
    out.mutable_pub_key()->set_ed25519(to_text(key_->public_key().view()));
    if (auto fits = checked(request.pub_key_request().chain_id()); !fits.ok())
      refuse(*out.mutable_error(), fits.error());
  } else if (request.has_sign_vote_request()) {
    auto& out = *response.mutable_signed_vote_response();
    privval::Vote vote = request.sign_vote_request().vote();
    Result<void> done = checked(request.sign_vote_request().chain_id());
    if (done.ok()) done = sign(vote);
    // The engine's message must hold a vote; without a signature when it was refused.
    out.mutable_vote();
    if (done.ok())
      *out.mutable_vote() = std::move(vote);
    else
      refuse(*out.mutable_error(), done.error());
  } else if (request.has_sign_proposal_request()) {
    auto& out = *response.mutable_signed_proposal_response();
    privval::Proposal proposal = request.sign_proposal_request().proposal();
    Result<void> done = checked(request.sign_proposal_request().chain_id());
    if (done.ok()) done = sign(proposal);
    out.mutable_proposal();
    if (done.ok())
      *out.mutable_proposal() = std::move(proposal);
    else
      refuse(*out.mutable_error(), done.error());
  }
}

}  // namespace icn::consensus
