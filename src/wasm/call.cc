#include "wasm/call.h"

#include <array>

#include <sodium.h>

namespace icn::wasm {

Result<RunOutcome> call_function(Engine& engine, ByteView wasm, std::string function,
                                 std::vector<Value> values) {
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest;
  crypto_hash_sha256(digest.data(), wasm.data(), wasm.size());
  ICN_TRY_ASSIGN(module, engine.load("sha256:" + hex_encode(digest), wasm));
  RunRequest request;
  request.function = std::move(function);
  request.values = std::move(values);
  return engine.run(module, request);
}

}  // namespace icn::wasm
