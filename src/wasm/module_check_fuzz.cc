#include "wasm/module_check.h"

// Whatever the bytes are, the checker answers, and what it lets pass keeps its promises.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const icn::wasm::ModuleLimits limits;
  const auto info = icn::wasm::check_module({data, size}, limits);
  if (!info.ok()) return 0;
  ICN_ASSERT(info->function_count <= limits.functions_max);
  ICN_ASSERT(info->memory_start_bytes <= limits.memory_bytes_max);
  for (const auto& entry : info->imports) {
    ICN_ASSERT(entry.kind != icn::wasm::ExternKind::kFunction || entry.type < info->types.size());
  }
  for (const auto& entry : info->exports) {
    ICN_ASSERT(entry.kind != icn::wasm::ExternKind::kFunction || entry.type < info->types.size());
  }
  return 0;
}
