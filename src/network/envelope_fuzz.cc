#include "base/assert.h"
#include "codec/records.h"
#include "crypto/key_text.h"
#include "network/envelope.h"

// Whatever a stranger sends is refused or read; what is read has one form.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const icn::ByteView input(data, size);
  const auto envelope = icn::network::open_envelope(input);
  if (!envelope.ok()) return 0;
  ICN_ASSERT(icn::codec::encode_block(*envelope) == icn::to_bytes(input));
  const auto key = icn::crypto::read_did_key(envelope->sender.text());
  if (key.ok()) static_cast<void>(icn::network::is_signed_by(*envelope, *key));
  return 0;
}
