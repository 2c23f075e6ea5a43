#include <cstdlib>

#include "codec/dag_json.h"

// What decodes and encodes must be stable from then on, and be the same value in DAG-CBOR.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace icn;
  const Result<codec::Value> value = codec::decode_dag_json(as_text(ByteView(data, size)));
  if (!value.ok()) return 0;
  const Result<std::string> text = codec::encode_dag_json(*value);
  if (!text.ok()) std::abort();
  const Result<codec::Value> again = codec::decode_dag_json(*text);
  if (!again.ok() || codec::encode_dag_json(*again).value() != *text) std::abort();
  if (codec::encode_dag_cbor(*again).value() != codec::encode_dag_cbor(*value).value()) std::abort();
  return 0;
}
