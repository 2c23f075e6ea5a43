#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include <wasmtime.h>

#include "base/assert.h"
#include "base/bytes.h"
#include "wasm/engine.h"
#include "wasm/wasmtime/wasmtime_engine.h"

// For the tests and benches of this folder.
namespace icn::wasm::testing {

// A module from its text form.
inline Bytes wat(std::string_view text) {
  wasm_byte_vec_t raw;
  wasmtime_error_t* error = wasmtime_wat2wasm(text.data(), text.size(), &raw);
  if (error != nullptr) {
    wasm_name_t message;
    wasmtime_error_message(error, &message);
    std::fprintf(stderr, "%.*s\n", static_cast<int>(message.size), message.data);
    ICN_ASSERT(error == nullptr);
  }
  Bytes bytes(reinterpret_cast<std::uint8_t*>(raw.data),
              reinterpret_cast<std::uint8_t*>(raw.data) + raw.size);
  wasm_byte_vec_delete(&raw);
  return bytes;
}

inline std::unique_ptr<Engine> make_engine(WasmtimeOptions options = {}) {
  auto engine = make_wasmtime_engine(standard_host_functions(), std::move(options));
  return std::move(engine).value();
}

inline ModuleHandle load(Engine& engine, ByteView wasm) {
  return engine.load(std::to_string(std::hash<std::string_view>{}(as_text(wasm))), wasm).value();
}

inline RunOutcome run(Engine& engine, ByteView wasm, const RunRequest& request = {}) {
  auto outcome = engine.run(load(engine, wasm), request);
  if (!outcome.ok()) std::fprintf(stderr, "%s\n", outcome.error().detail().c_str());
  return std::move(outcome).value();
}

}  // namespace icn::wasm::testing
