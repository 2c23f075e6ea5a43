#include <cstdlib>

#include "codec/dag_cbor.h"
#include "codec/link_walk.h"

// What decodes must encode to the same bytes; the three ways to read must agree on what is canonical.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace icn;
  const ByteView in(data, size);
  const Result<codec::Value> value = codec::decode_dag_cbor(in);
  if (value.ok() != codec::check_dag_cbor(in).ok()) std::abort();
  if (value.ok() != codec::links_of(codec::kDagCbor, in).ok()) std::abort();
  if (!value.ok()) return 0;
  const Result<Bytes> encoded = codec::encode_dag_cbor(*value);
  if (!encoded.ok() || *encoded != to_bytes(in)) std::abort();
  return 0;
}
