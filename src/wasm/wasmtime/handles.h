#pragma once

#include <memory>
#include <string>

#include <wasmtime.h>

// Ownership of Wasmtime's C objects. Private to this folder.
namespace icn::wasm {

template <auto Delete>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Delete(object);
  }
};

using EngineHandle = std::unique_ptr<wasm_engine_t, Deleter<wasm_engine_delete>>;
using StoreHandle = std::unique_ptr<wasmtime_store_t, Deleter<wasmtime_store_delete>>;
using LinkerHandle = std::unique_ptr<wasmtime_linker_t, Deleter<wasmtime_linker_delete>>;
using RawModuleHandle = std::unique_ptr<wasmtime_module_t, Deleter<wasmtime_module_delete>>;
using PreHandle = std::unique_ptr<wasmtime_instance_pre_t, Deleter<wasmtime_instance_pre_delete>>;
using ErrorHandle = std::unique_ptr<wasmtime_error_t, Deleter<wasmtime_error_delete>>;
using TrapHandle = std::unique_ptr<wasm_trap_t, Deleter<wasm_trap_delete>>;
using FunctionTypeHandle = std::unique_ptr<wasm_functype_t, Deleter<wasm_functype_delete>>;

struct ByteVector {
  ByteVector() { wasm_byte_vec_new_empty(&raw); }
  ~ByteVector() { wasm_byte_vec_delete(&raw); }
  ByteVector(const ByteVector&) = delete;
  ByteVector& operator=(const ByteVector&) = delete;
  wasm_byte_vec_t raw;
};

inline std::string message_of(const wasmtime_error_t* error) {
  ByteVector message;
  wasmtime_error_message(error, &message.raw);
  return std::string(message.raw.data, message.raw.size);
}

}  // namespace icn::wasm
