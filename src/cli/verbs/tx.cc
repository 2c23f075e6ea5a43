#include <memory>
#include <ostream>

#include "cli/verbs/all.h"
#include "codec/json.h"
#include "crypto/key_text.h"
#include "identity/did.h"
#include "identity/key_proof.h"
#include "identity/tx/create_did.h"
#include "ledger/transaction.h"

namespace icn::cli {
namespace {

constexpr TimestampSecs kLifetimeSecs = 500;
constexpr std::uint64_t kCountMax = 1'000'000;

struct Options {
  std::uint64_t count = 1;
  std::string network = "icn-local";
  bool invalid = false;
  bool hex = false;
};

// A new member's first transaction: free, and nobody has to be known before.
std::string sample(const Options& options, Session& session) {
  const crypto::SecretKey key = crypto::SecretKey::generate(session.random);
  identity::CreateDid::Body body;
  body.public_key = crypto::multikey_text(key.public_key());
  body.nonce.bytes = session.random.bytes(16);
  const Did did = identity::make_did_icn(body.type, key.public_key(), body.nonce.bytes);
  const Bytes proof = identity::key_proof_bytes(options.network, did, body.nonce.bytes, key.public_key());
  body.proof.bytes = to_bytes(key.sign(proof).view());

  const Did sender = crypto::did_key(key.public_key());
  const KeyId method = crypto::did_key_method(key.public_key());
  ledger::Transaction transaction =
      ledger::make_signed({sender, method, key}, options.network, "identity.create", codec::to_json(body),
                          session.clock.now_secs() + kLifetimeSecs, session.random);
  if (options.invalid) transaction.signature.bytes[0] ^= 1;
  return codec::canonical_json(codec::to_json(transaction));
}

void define_sample(Command command, Session& session) {
  auto options = std::make_shared<Options>();
  command.option("--count", options->count, "how many, each with a key of its own")
      .option("--network", options->network, "id of the network they are for")
      .flag("--invalid", options->invalid, "with signatures that do not fit")
      .flag("--hex", options->hex, "as hexadecimal digits")
      .footer(
          "One a line, as validators pass them on (docs/formats/federation.md): for broadcast_tx_commit and "
          "load "
          "generators. Valid for 500 s.");
  command.runs([options, &session] {
    if (options->count > kCountMax) return session.fail(kUsage, "--count: at most 1000000");
    for (std::uint64_t i = 0; i < options->count; ++i) {
      const std::string bytes = sample(*options, session);
      session.out << (options->hex ? hex_encode(as_bytes(bytes)) : bytes) << "\n";
    }
  });
}

}  // namespace

void define_tx(Command command, Session& session) {
  define_sample(command.add("sample", "print signed transactions to try a network with"), session);
}

}  // namespace icn::cli
