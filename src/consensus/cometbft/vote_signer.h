#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "codec/records.h"
#include "crypto/ed25519.h"

namespace tendermint::privval {
class Message;
class Proposal;
class Vote;
}  // namespace tendermint::privval

namespace icn::consensus {

namespace privval = tendermint::privval;

// The newest thing a validator signed. A validator that signs two different votes for one place loses its
// stake, so this is durable before a signature leaves, and never goes back.
struct LastSigned {
  std::int64_t height = 0;
  std::int64_t round = 0;
  std::uint64_t step = 0;  // 1 proposal, 2 prevote, 3 precommit
  codec::HexBytes bytes;   // what was signed
  codec::HexBytes signature;

  static constexpr auto fields() {
    using codec::field;
    return described(field("height", &LastSigned::height), field("round", &LastSigned::round),
                     field("step", &LastSigned::step), field("bytes", &LastSigned::bytes),
                     field("signature", &LastSigned::signature));
  }
};

// Signs blocks for one validator of one chain. The same place is signed once: the same message again, or one
// that differs in its time only, gets the first signature and the first time; anything else is refused, as is
// a place before the newest. Thread: one at a time.
class VoteSigner {
 public:
  // `file`: JSON of LastSigned, made when it is missing. `key` outlives it. Errors: the file is unreadable or
  // damaged; then nothing may be signed.
  static Result<VoteSigner> open(std::string chain, const crypto::SecretKey& key, std::string file);

  // Makes a record for a validator that has none: nothing at or before `height` will be signed. What is there
  // and newer stays.
  static Result<void> begin_after(const std::string& file, std::int64_t height);

  // Answers a request of CometBFT's remote signer protocol. Refusals are part of the answer.
  void answer(const privval::Message& request, privval::Message& response);

  const LastSigned& last() const { return last_; }

 private:
  VoteSigner(std::string chain, const crypto::SecretKey& key, std::string file)
      : chain_(std::move(chain)), key_(&key), file_(std::move(file)) {}

  Result<void> sign(privval::Vote& vote);
  Result<void> sign(privval::Proposal& proposal);
  // The signature for `bytes` at a place; none when the same place was signed with other bytes.
  Result<std::optional<crypto::Signature>> sign_at(const LastSigned& place);

  std::string chain_;
  const crypto::SecretKey* key_;
  std::string file_;
  LastSigned last_;
};

}  // namespace icn::consensus
