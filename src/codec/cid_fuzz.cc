#include <cstdlib>

#include "codec/cid.h"
#include "codec/multibase.h"

// Texts and bytes that decode must come back: multibase in its own base, CIDs in both forms.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace icn;
  const ByteView in(data, size);
  const Result<codec::MultibaseText> decoded = codec::multibase_decode(as_text(in));
  if (decoded.ok() && decoded->bytes.size() <= 5000) {
    const std::string text = codec::multibase_encode(decoded->base, decoded->bytes).value();
    if (codec::multibase_decode(text).value().bytes != decoded->bytes) std::abort();
    if (text.size() != size) std::abort();
  }
  const Result<codec::Cid> from_text = codec::Cid::parse(as_text(in));
  if (from_text.ok() && codec::Cid::parse(from_text->to_string()).value() != *from_text) std::abort();
  const Result<codec::Cid> from_bytes = codec::Cid::from_bytes(in);
  if (from_bytes.ok()) {
    if (to_bytes(from_bytes->bytes()) != to_bytes(in)) std::abort();
    if (codec::Cid::parse(from_bytes->to_string()).value() != *from_bytes) std::abort();
    if (from_bytes->to_v1().codec() != from_bytes->codec()) std::abort();
  }
  return 0;
}
