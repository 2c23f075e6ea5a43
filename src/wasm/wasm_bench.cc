#include <benchmark/benchmark.h>

#include <optional>

#include "wasm/program_support.h"
#include "wasm/test_support.h"
#include "wasm/wasmtime/config.h"

// The limit a run is measured against is Wasmtime itself: instantiate, call, drop, on the same engine
// settings, without limits on time and memory, host functions, inputs or a result.
namespace icn::wasm {
namespace {

constexpr const char* kAdd = R"((module (memory (export "memory") 1)
    (func (export "run") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))))";

void raw_wasmtime(benchmark::State& state) {
  const EngineHandle engine = make_engine(WasmtimeOptions{}).value();
  const Bytes wasm = testing::wat(kAdd);
  wasmtime_module_t* module = nullptr;
  ErrorHandle(wasmtime_module_new(engine.get(), wasm.data(), wasm.size(), &module));
  const RawModuleHandle owned(module);
  const LinkerHandle linker(wasmtime_linker_new(engine.get()));
  wasmtime_instance_pre_t* pre = nullptr;
  ErrorHandle(wasmtime_linker_instantiate_pre(linker.get(), module, &pre));
  const PreHandle owned_pre(pre);
  for (auto _ : state) {
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
    if (slots[0].i32 != 3) state.SkipWithError("wrong sum");
  }
}
BENCHMARK(raw_wasmtime);

void our_run(benchmark::State& state) {
  const auto engine = testing::make_engine();
  const ModuleHandle module = testing::load(*engine, testing::wat(kAdd));
  RunRequest request;
  request.args = {"1", "2"};
  for (auto _ : state) {
    const RunOutcome outcome = engine->run(module, request).value();
    if (to_text(outcome.result) != "3") state.SkipWithError("wrong sum");
  }
}
BENCHMARK(our_run);

void our_run_with_input_and_result(benchmark::State& state) {
  const auto engine = testing::make_engine();
  const ModuleHandle module = testing::load(*engine, testing::wat(R"((module
      (import "icn" "input" (func $input (param i32 i32 i32) (result i32)))
      (import "icn" "set_result" (func $set_result (param i32 i32) (result i32)))
      (memory (export "memory") 2)
      (func (export "run") (drop (call $set_result (i32.const 0)
          (call $input (i32.const 0) (i32.const 0) (i32.const 65536)))))))"));
  const Bytes input(1'000, 'x');
  RunRequest request;
  request.inputs = {{"", input}};
  for (auto _ : state) {
    const RunOutcome outcome = engine->run(module, request).value();
    if (outcome.result.size() != input.size()) state.SkipWithError("wrong result");
  }
}
BENCHMARK(our_run_with_input_and_result);

void find_cached(benchmark::State& state) {
  const auto engine = testing::make_engine();
  const ModuleHandle module = engine->load("bafkreiexample", testing::wat(kAdd)).value();
  for (auto _ : state) benchmark::DoNotOptimize(engine->find("bafkreiexample"));
}
BENCHMARK(find_cached);

// Time of one of 1,000 calls within a run.
void host_call(benchmark::State& state) {
  const auto engine = testing::make_engine();
  const ModuleHandle module = testing::load(*engine, testing::wat(R"((module
      (import "icn" "arg" (func $arg (param i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (func (export "run") (local i32) (loop
        (drop (call $arg (i32.const 0) (i32.const 0) (i32.const 64)))
        (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1))) (i32.const 1000)))))))"));
  RunRequest request;
  request.args = {"a short argument"};
  for (auto _ : state) {
    const RunOutcome outcome = engine->run(module, request).value();
    if (outcome.end != End::kSuccess) state.SkipWithError("failed");
  }
  state.counters["calls"] = benchmark::Counter(1'000, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(host_call)->Unit(benchmark::kMicrosecond);

// Compiling the example job named in the label; the cache is off, since each id is new.
void compile_example(benchmark::State& state, const char* job) {
  const auto program = testing::program(job);
  if (!program) {
    state.SkipWithError("not built: the compiler for it is missing");
    return;
  }
  const auto engine = testing::make_engine();
  int next = 0;
  for (auto _ : state) benchmark::DoNotOptimize(engine->load(std::to_string(next++), *program).value());
}
BENCHMARK_CAPTURE(compile_example, echo, "echo")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(compile_example, patronage_refund, "patronage_refund")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(compile_example, route_order, "route_order")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(compile_example, thumbnail, "thumbnail")->Unit(benchmark::kMillisecond);

// A whole run of a WASI command.
void run_echo_command(benchmark::State& state) {
  const auto program = testing::program("echo");
  if (!program) {
    state.SkipWithError("not built: the compiler for it is missing");
    return;
  }
  const auto engine = testing::make_engine();
  const ModuleHandle module = testing::load(*engine, *program);
  const Bytes input(100, 'x');
  RunRequest request;
  request.inputs = {{"", input}};
  for (auto _ : state) {
    const RunOutcome outcome = engine->run(module, request).value();
    if (outcome.result != input) state.SkipWithError("wrong result");
  }
}
BENCHMARK(run_echo_command)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace icn::wasm
