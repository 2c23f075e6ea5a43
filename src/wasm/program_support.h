#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "base/bytes.h"

// For tests that run programs the build has compiled for WASI.
namespace icn::wasm::testing {

inline std::optional<Bytes> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

// Nothing when the build has no C compiler for WASI (cmake/wasi.cmake says how to get one).
inline std::optional<Bytes> program(const std::string& name) {
  return read_file(std::filesystem::path(ICN_WASM_PROGRAMS) / (name + ".wasm"));
}

}  // namespace icn::wasm::testing

#define ICN_SKIP_WITHOUT(program) \
  if (!(program)) GTEST_SKIP() << "not built: the compiler for it is missing, as the configure step said"
