#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wasm/value.h"

namespace icn::wasm {

enum class ExternKind : std::uint8_t { kFunction, kTable, kMemory, kGlobal };

struct Import {
  std::string module;
  std::string name;
  ExternKind kind = ExternKind::kFunction;
  std::uint32_t type = 0;  // functions only: index into ModuleInfo::types
};

struct Export {
  std::string name;
  ExternKind kind = ExternKind::kFunction;
  std::uint32_t type = 0;  // functions only: index into ModuleInfo::types
};

// What a module says about itself, read without compiling it.
struct ModuleInfo {
  std::uint64_t size_bytes = 0;
  std::vector<FunctionType> types;
  std::vector<Import> imports;
  std::vector<Export> exports;
  std::uint32_t function_count = 0;  // imported and own
  std::uint32_t global_count = 0;
  std::uint32_t table_count = 0;
  std::uint32_t memory_count = 0;
  std::uint64_t memory_start_bytes = 0;  // what the memory starts with

  // The exported function of that name, or null.
  const Export* find_function(std::string_view name) const;
};

}  // namespace icn::wasm
