#include "wasm/wasmtime/config.h"

#include <sys/mman.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sodium.h>

#include "base/bytes.h"
#include "wasm/errors.h"

namespace icn::wasm {
namespace {

struct Feature {
  const char* name;
  void (*set)(wasm_config_t*, bool);
  bool on;
};

// WebAssembly 2.0. Mutable globals, sign extension, saturating conversion and extended constant
// expressions are part of what Wasmtime always takes; its C API has no switch for them, and they are
// deterministic. Everything that is newer, or not deterministic, is off by name.
constexpr Feature kFeatures[] = {
    {"multi_value", wasmtime_config_wasm_multi_value_set, true},
    {"bulk_memory", wasmtime_config_wasm_bulk_memory_set, true},
    {"reference_types", wasmtime_config_wasm_reference_types_set, true},
    {"simd", wasmtime_config_wasm_simd_set, true},
    {"relaxed_simd", wasmtime_config_wasm_relaxed_simd_set, false},
    {"relaxed_simd_deterministic", wasmtime_config_wasm_relaxed_simd_deterministic_set, true},
    {"tail_call", wasmtime_config_wasm_tail_call_set, false},
    {"function_references", wasmtime_config_wasm_function_references_set, false},
    {"gc", wasmtime_config_wasm_gc_set, false},
    {"exceptions", wasmtime_config_wasm_exceptions_set, false},
    {"memory64", wasmtime_config_wasm_memory64_set, false},
    {"multi_memory", wasmtime_config_wasm_multi_memory_set, false},
    {"wide_arithmetic", wasmtime_config_wasm_wide_arithmetic_set, false},
    {"custom_page_sizes", wasmtime_config_wasm_custom_page_sizes_set, false},
    {"stack_switching", wasmtime_config_wasm_stack_switching_set, false},
    {"shared_memory", wasmtime_config_shared_memory_set, false},
    {"nan_canonicalization", wasmtime_config_cranelift_nan_canonicalization_set, true},
    {"consume_fuel", wasmtime_config_consume_fuel_set, true},
};

constexpr std::size_t kWasmStackBytes = 512 * 1024;

// What a run leaves in its slot is zeroed in place up to here and given back to the system above it.
constexpr std::size_t kKeepResidentBytes = 512 * 1024;
constexpr std::size_t kInstanceBytesMax = 4 * 1024 * 1024;  // enough for every module within the limits

#ifdef ICN_SANITIZED
constexpr bool kPooling = false;
#else
constexpr bool kPooling = true;
#endif

void set_pooling(wasm_config_t* config, const WasmtimeOptions& options) {
  auto* pool = wasmtime_pooling_allocation_config_new();
  const std::uint32_t count = options.instances_max;
  const ModuleLimits& limits = options.module_limits;
  wasmtime_pooling_allocation_config_total_core_instances_set(pool, count);
  wasmtime_pooling_allocation_config_total_memories_set(pool, count);
  wasmtime_pooling_allocation_config_total_tables_set(pool, count * limits.tables_max);
  wasmtime_pooling_allocation_config_total_gc_heaps_set(pool, count);
  wasmtime_pooling_allocation_config_max_tables_per_module_set(pool, limits.tables_max);
  wasmtime_pooling_allocation_config_table_elements_set(pool, limits.table_elements_max);
  wasmtime_pooling_allocation_config_max_memories_per_module_set(pool, 1);
  wasmtime_pooling_allocation_config_max_memory_size_set(pool, limits.memory_bytes_max);
  wasmtime_pooling_allocation_config_max_core_instance_size_set(pool, kInstanceBytesMax);
  wasmtime_pooling_allocation_config_linear_memory_keep_resident_set(pool, kKeepResidentBytes);
  wasmtime_pooling_allocation_config_table_keep_resident_set(pool, 4096);
  wasmtime_pooling_allocation_strategy_set(config, pool);
  wasmtime_pooling_allocation_config_delete(pool);
}

// Wasmtime ends the process when the pool finds no room, as under `ulimit -v` or valgrind.
Result<void> check_address_space(std::uint64_t instances) {
  constexpr std::uint64_t kSlotBytes = (std::uint64_t{4} << 30) + (std::uint64_t{32} << 20);  // memory, guard
  const std::uint64_t wanted = instances * kSlotBytes;
  void* const room = ::mmap(nullptr, wanted, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) {
    return Error(errors::kEngine,
                 fmt::format("no address space for {} instances ({} GiB): {}; raise the limit "
                             "(ulimit -v) or lower wasm.pooling_instances",
                             instances, wanted >> 30, std::strerror(errno)));
  }
  ::munmap(room, wanted);
  return {};
}

std::string result_settings() {
  std::string text = fmt::format("stack={};opt=speed", kWasmStackBytes);
  for (const Feature& feature : kFeatures) text += fmt::format(";{}={}", feature.name, feature.on ? 1 : 0);
  return text;
}

}  // namespace

Result<EngineHandle> make_engine(const WasmtimeOptions& options) {
  if (kPooling) ICN_TRY(check_address_space(options.instances_max));
  wasm_config_t* config = wasm_config_new();
  for (const Feature& feature : kFeatures) feature.set(config, feature.on);
  wasmtime_config_epoch_interruption_set(config, true);
  wasmtime_config_max_wasm_stack_set(config, kWasmStackBytes);
  wasmtime_config_strategy_set(config, WASMTIME_STRATEGY_CRANELIFT);
  wasmtime_config_cranelift_opt_level_set(config, WASMTIME_OPT_LEVEL_SPEED);
  if (kPooling) {
    set_pooling(config, options);
  } else {
    // Sanitizers own the signal handlers and count address space.
    wasmtime_config_signals_based_traps_set(config, false);
    wasmtime_config_memory_reservation_set(config, 0);
    wasmtime_config_memory_reservation_for_growth_set(config, kMebibyte);  // 2 GiB of shadow take a second
    wasmtime_config_memory_guard_size_set(config, 0);
    wasmtime_config_memory_init_cow_set(config, false);
  }
  EngineHandle engine(wasm_engine_new_with_config(config));
  if (!engine) return Error(errors::kEngine, "Wasmtime could not be started with these settings");
  return engine;
}

// Asked for with each job.
EngineIdentity engine_identity() {
  static const EngineIdentity identity = [] {
    const std::string settings = result_settings();
    std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest;
    crypto_hash_sha256(digest.data(), reinterpret_cast<const std::uint8_t*>(settings.data()),
                       settings.size());
    return EngineIdentity{"wasmtime", WASMTIME_VERSION, hex_encode(digest)};
  }();
  return identity;
}

std::string code_settings() {
  return fmt::format("wasmtime {};{};pooling={}", WASMTIME_VERSION, result_settings(), kPooling ? 1 : 0);
}

}  // namespace icn::wasm
