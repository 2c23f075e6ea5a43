#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/errors.h"
#include "bench/area.h"
#include "wasm/wasmtime/config.h"

namespace icn::bench {
namespace {

using namespace wasm;

constexpr const char* kAdd = R"((module (memory (export "memory") 1)
    (func (export "run") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))))";

constexpr int kCallsPerRun = 1'000;
constexpr const char* kCalls = R"((module
    (import "icn" "arg" (func $arg (param i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "run") (local i32) (loop
      (drop (call $arg (i32.const 0) (i32.const 0) (i32.const 64)))
      (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 1000)))))))";

Result<Bytes> assemble(std::string_view text) {
  wasm_byte_vec_t raw;
  const ErrorHandle error(wasmtime_wat2wasm(text.data(), text.size(), &raw));
  if (error) return Error(errors::kInternal, "a module of the bench is wrong");
  Bytes bytes(reinterpret_cast<const std::uint8_t*>(raw.data),
              reinterpret_cast<const std::uint8_t*>(raw.data) + raw.size);
  wasm_byte_vec_delete(&raw);
  return bytes;
}

// Microseconds of one call of `once`, in batches for `seconds`: the middle batch, which a busy machine
// disturbs least.
double time_us(double seconds, const std::function<void()>& once) {
  using Clock = std::chrono::steady_clock;
  constexpr int kBatch = 50;
  std::vector<double> batches;
  const Clock::time_point end =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  while (Clock::now() < end || batches.empty()) {
    const Clock::time_point start = Clock::now();
    for (int i = 0; i < kBatch; ++i) once();
    batches.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count() / kBatch);
  }
  std::ranges::nth_element(batches, batches.begin() + static_cast<std::ptrdiff_t>(batches.size() / 2));
  return batches[batches.size() / 2];
}

// The limit: Wasmtime itself on the same settings; instantiate, call, drop.
Result<double> raw_loop_us(ByteView module_bytes, double seconds) {
  ICN_TRY_ASSIGN(engine, make_engine(WasmtimeOptions{}));
  wasmtime_module_t* module = nullptr;
  const ErrorHandle invalid(
      wasmtime_module_new(engine.get(), module_bytes.data(), module_bytes.size(), &module));
  if (invalid) return Error(errors::kInternal, "Wasmtime refuses a module of the bench");
  const RawModuleHandle owned(module);
  const LinkerHandle linker(wasmtime_linker_new(engine.get()));
  wasmtime_instance_pre_t* pre = nullptr;
  const ErrorHandle unlinked(wasmtime_linker_instantiate_pre(linker.get(), module, &pre));
  if (unlinked) return Error(errors::kInternal, "Wasmtime does not link a module of the bench");
  const PreHandle owned_pre(pre);
  bool is_right = true;
  const double figure = time_us(seconds, [&] {
    const StoreHandle store(wasmtime_store_new(engine.get(), nullptr, nullptr));
    wasmtime_context_t* context = wasmtime_store_context(store.get());
    ErrorHandle(wasmtime_context_set_fuel(context, 10'000'000));
    wasmtime_context_set_epoch_deadline(context, 1'000'000);
    wasmtime_instance_t instance;
    wasm_trap_t* trap = nullptr;
    ErrorHandle(wasmtime_instance_pre_instantiate(pre, context, &instance, &trap));
    wasmtime_extern_t item;
    wasmtime_instance_export_get(context, &instance, "run", 3, &item);
    wasmtime_val_raw_t slots[2];
    slots[0].i32 = 1;
    slots[1].i32 = 2;
    ErrorHandle(wasmtime_func_call_unchecked(context, &item.of.func, slots, 2, &trap));
    is_right = is_right && slots[0].i32 == 3;
  });
  if (!is_right) return Error(errors::kInternal, "the raw loop computes a wrong sum");
  return figure;
}

Result<double> our_run_us(Engine& engine, const Bytes& bytes, const std::vector<std::string>& args,
                          std::string_view expected, double seconds) {
  ICN_TRY_ASSIGN(module, engine.load("bench-" + std::to_string(bytes.size()), bytes));
  RunRequest request;
  request.args = args;
  bool is_right = true;
  const double figure = time_us(seconds, [&] {
    const auto outcome = engine.run(module, request);
    is_right =
        is_right && outcome.ok() && outcome->end == End::kSuccess && as_text(outcome->result) == expected;
  });
  if (!is_right) return Error(errors::kInternal, "a run of the bench ended wrongly");
  return figure;
}

// Example modules as the build leaves them beside the program.
void measure_compiles(const Bench& bench, Engine& engine) {
  const std::filesystem::path folder =
      std::filesystem::path(bench.executable).parent_path().parent_path() / "examples";
  for (const auto& [id, name] : {std::pair(TargetId::kWasmCompileEcho, "echo"),
                                 std::pair(TargetId::kWasmCompilePatronage, "patronage_refund"),
                                 std::pair(TargetId::kWasmCompileRoute, "route_order"),
                                 std::pair(TargetId::kWasmCompileThumbnail, "thumbnail")}) {
    const std::filesystem::path path = folder / (std::string(name) + ".wasm");
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      bench.add(missing_row(id, path.string() + " is not there; the build makes it"));
      continue;
    }
    const Bytes bytes(std::istreambuf_iterator<char>(file), {});
    std::vector<double> times_ms;
    for (int i = 0; i < 5; ++i) {
      const auto start = std::chrono::steady_clock::now();
      const auto module = engine.load(std::string(name) + std::to_string(i), bytes);
      const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
      if (module.ok()) times_ms.push_back(taken.count());
    }
    if (times_ms.empty()) {
      bench.add(missing_row(id, "the module does not compile"));
      continue;
    }
    std::ranges::sort(times_ms);
    bench.add(fixed_row(id, times_ms[times_ms.size() / 2],
                        std::to_string(bytes.size() / 1024) + " KiB; " + load_average()));
  }
}

}  // namespace

Result<void> run_wasm(const Bench& bench) {
  ICN_TRY_ASSIGN(add, assemble(kAdd));
  ICN_TRY_ASSIGN(calls, assemble(kCalls));
  const double seconds = static_cast<double>(bench.seconds) / 3;
  ICN_TRY_ASSIGN(raw_us, raw_loop_us(add, seconds));
  ICN_TRY_ASSIGN(engine, make_wasmtime_engine(standard_host_functions(), WasmtimeOptions()));
  ICN_TRY_ASSIGN(run_us, our_run_us(*engine, add, {"1", "2"}, "3", seconds));
  ICN_TRY_ASSIGN(calls_us, our_run_us(*engine, calls, {"a short argument"}, "", seconds));
  const std::string raw_note = "raw loop " + std::to_string(raw_us).substr(0, 5) + " us; " + load_average();
  bench.add(fixed_row(TargetId::kWasmOverhead, run_us - raw_us, raw_note));
  bench.add(fixed_row(TargetId::kWasmInstance, run_us, load_average()));
  bench.add(fixed_row(TargetId::kWasmHostCall, (calls_us - run_us) / kCallsPerRun,
                      "icn.arg of 16 bytes, 1,000 calls in a run; " + load_average()));
  measure_compiles(bench, *engine);
  return {};
}

}  // namespace icn::bench
