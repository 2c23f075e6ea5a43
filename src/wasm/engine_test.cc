#include "wasm/engine.h"

#include <sys/resource.h>

#include <cmath>
#include <thread>

#include <gtest/gtest.h>

#include "wasm/call.h"
#include "wasm/errors.h"
#include "wasm/test_support.h"

namespace icn::wasm {
namespace {

using testing::make_engine;
using testing::run;
using testing::wat;

class WasmEngine : public ::testing::Test {
 protected:
  // `body` is the code of the exported function "run".
  RunOutcome run_body(std::string_view body, const RunRequest& request = {}) {
    return run(
        *engine_,
        wat("(module (memory (export \"memory\") 1) (func $run (export \"run\") " + std::string(body) + "))"),
        request);
  }
  std::unique_ptr<Engine> engine_ = make_engine();
};

TEST_F(WasmEngine, AnswersTheReturnedNumberAsDecimalText) {
  EXPECT_EQ(to_text(run_body("(result i32) (i32.const -7)").result), "-7");
  EXPECT_EQ(to_text(run_body("(result i64) (i64.const 9000000000)").result), "9000000000");
  EXPECT_EQ(to_text(run_body("(result f64) (f64.const 0.5)").result), "0.5");
  EXPECT_EQ(to_text(run_body("(result i32 i64) (i32.const 1) (i64.const 2)").result), "1 2");
  EXPECT_EQ(to_text(run_body("").result), "");
}

TEST_F(WasmEngine, ReadsTheArgumentsOfAFunctionFromText) {
  RunRequest request;
  request.args = {"-3", "10000000000"};
  EXPECT_EQ(
      to_text(
          run_body("(param i32 i64) (result i64) (i64.add (i64.extend_i32_s (local.get 0)) (local.get 1))",
                   request)
              .result),
      "9999999997");
}

TEST_F(WasmEngine, EveryFaultHasItsCode) {
  struct Case {
    const char* body;
    TrapCode code;
    const char* text;
  };
  const Case cases[] = {
      {"(loop (br 0))", TrapCode::kFuel, "all fuel consumed"},
      {"(drop (i32.load (i32.const 70000)))", TrapCode::kMemory, "out of bounds memory access"},
      {"unreachable", TrapCode::kUnreachable, "unreachable executed"},
      {"(drop (i32.div_u (i32.const 1) (i32.const 0)))", TrapCode::kUnreachable, "integer divide by zero"},
      {"(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))", TrapCode::kUnreachable,
       "integer overflow"},
      {"(drop (i32.trunc_f32_s (f32.const nan)))", TrapCode::kUnreachable, "invalid conversion to integer"},
      {"(call $run)", TrapCode::kStackOverflow, "call stack exhausted"},
  };
  for (const Case& test : cases) {
    const RunOutcome outcome = run_body(test.body);
    ASSERT_EQ(outcome.end, End::kTrap) << test.body;
    EXPECT_EQ(outcome.trap->code, test.code) << test.body << ": " << outcome.trap->message;
    EXPECT_EQ(outcome.trap->message.substr(0, outcome.trap->message.find(" in ")), test.text);
    EXPECT_TRUE(outcome.result.empty());
    EXPECT_EQ(outcome.machine_dependent(), test.code == TrapCode::kStackOverflow);
  }
}

TEST_F(WasmEngine, NamesTheFunctionsOfATrap) {
  const RunOutcome outcome = run(*engine_, wat(R"((module
      (func $divide_share unreachable)
      (func $settle (call $divide_share))
      (func $entry (export "run") (call $settle))))"));
  ASSERT_TRUE(outcome.trap.has_value());
  EXPECT_EQ(outcome.trap->message, "unreachable executed in divide_share < settle < entry");
  EXPECT_EQ(outcome.trap->frames, (std::vector<std::string>{"divide_share", "settle", "entry"}));
}

TEST_F(WasmEngine, FuelUsedIsTheSameInEveryRunAndAllOfItAfterAFuelTrap) {
  const char* body =
      "(local i32) (loop (br_if 0 (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 1)))"
      " (i32.const 1000))))";
  const RunOutcome first = run_body(body);
  EXPECT_EQ(first.end, End::kSuccess);
  EXPECT_GE(first.fuel_used, 5'000u);
  EXPECT_LE(first.fuel_used, 10'000u);
  EXPECT_EQ(run_body(body).fuel_used, first.fuel_used);
  RunRequest request;
  request.limits.fuel = first.fuel_used / 2;
  const RunOutcome starved = run_body(body, request);
  ASSERT_TRUE(starved.trap.has_value());
  EXPECT_EQ(starved.trap->code, TrapCode::kFuel);
  EXPECT_EQ(starved.fuel_used, request.limits.fuel);
  request.limits.fuel = first.fuel_used;
  EXPECT_EQ(run_body(body, request).end, End::kSuccess);
}

TEST_F(WasmEngine, MemoryGrowsToTheJobsLimitAndNotAPageFurther) {
  RunRequest request;
  request.limits.memory_bytes = 10 * kPageBytes;
  const RunOutcome outcome = run_body(
      "(result i32 i32 i32) (memory.grow (i32.const 9)) (memory.grow (i32.const 1)) (memory.size)", request);
  EXPECT_EQ(to_text(outcome.result), "1 -1 10");
  EXPECT_EQ(outcome.memory_peak_bytes, 10 * kPageBytes);
}

TEST_F(WasmEngine, TheModulesOwnMaximumIsNoFaultOfTheMachine) {
  const RunOutcome outcome = run(*engine_, wat(R"((module (memory 1 2)
      (func (export "run") (result i32 i32) (memory.grow (i32.const 1)) (memory.grow (i32.const 1)))))"));
  EXPECT_EQ(outcome.end, End::kSuccess);
  EXPECT_EQ(to_text(outcome.result), "1 -1");
}

TEST_F(WasmEngine, AModuleThatStartsWithMoreThanItsMemoryIsRefusedAsMemory) {
  RunRequest request;
  request.limits.memory_bytes = 2 * kPageBytes;
  const RunOutcome outcome = run(*engine_, wat("(module (memory 3) (func (export \"run\")))"), request);
  ASSERT_TRUE(outcome.trap.has_value());
  EXPECT_EQ(outcome.trap->code, TrapCode::kMemory);
  EXPECT_FALSE(outcome.machine_dependent());
}

TEST_F(WasmEngine, ATableStopsGrowingAtItsLimit) {
  const RunOutcome outcome = run(*engine_, wat(R"((module (table 1 funcref)
      (func (export "run") (result i32 i32)
        (table.grow (ref.null func) (i32.const 99999)) (table.grow (ref.null func) (i32.const 1)))))"));
  EXPECT_EQ(to_text(outcome.result), "1 -1");
}

TEST_F(WasmEngine, TheWallClockStopsARunningLoop) {
  RunRequest request;
  request.limits.fuel = 1'000'000'000'000;
  request.limits.wall_ms = 50;
  const RunOutcome outcome = run_body("(loop (br 0))", request);
  ASSERT_TRUE(outcome.trap.has_value());
  EXPECT_EQ(outcome.trap->code, TrapCode::kTimeout);
  EXPECT_TRUE(outcome.machine_dependent());
  EXPECT_GE(outcome.wall_ns, 50'000'000u);
  EXPECT_LT(outcome.wall_ns, 5'000'000'000u);
}

TEST_F(WasmEngine, CancellationFromAnotherThreadStopsARunningLoop) {
  CancelToken cancel;
  RunRequest request;
  request.limits.fuel = 1'000'000'000'000;
  request.cancel = &cancel;
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    cancel.cancel();
  });
  const RunOutcome outcome = run_body("(loop (br 0))", request);
  canceller.join();
  ASSERT_TRUE(outcome.trap.has_value());
  EXPECT_EQ(outcome.trap->code, TrapCode::kCancelled);
  EXPECT_LT(outcome.wall_ns, 5'000'000'000u);
}

TEST_F(WasmEngine, TheEntryIsTheNamedFunctionElseStartElseRunElseMain) {
  const Bytes module = wat(R"((module
      (func (export "other") (result i32) (i32.const 1))
      (func (export "main") (result i32) (i32.const 2))
      (func (export "run") (result i32) (i32.const 3))))");
  RunRequest request;
  EXPECT_EQ(to_text(run(*engine_, module, request).result), "3");
  request.function = "other";
  EXPECT_EQ(to_text(run(*engine_, module, request).result), "1");
  request.function = "absent";
  const auto refused = engine_->run(testing::load(*engine_, module), request);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(errors::kUnknownFunction));
}

TEST_F(WasmEngine, ALibraryIsInitialisedBeforeItsFunctionIsCalled) {
  const RunOutcome outcome = run(*engine_, wat(R"((module (global $ready (mut i32) (i32.const 0))
      (func (export "_initialize") (global.set $ready (i32.const 5)))
      (func (export "run") (result i32) (global.get $ready))))"));
  EXPECT_EQ(to_text(outcome.result), "5");
}

TEST_F(WasmEngine, ArgumentsThatDoNotFitAreRefused) {
  const Bytes module = wat("(module (func (export \"run\") (param i32)))");
  for (const std::vector<std::string>& args :
       {std::vector<std::string>{}, {"1", "2"}, {"x"}, {"4294967296"}, {"1.5"}}) {
    RunRequest request;
    request.args = args;
    const auto refused = engine_->run(testing::load(*engine_, module), request);
    ASSERT_FALSE(refused.ok());
    EXPECT_TRUE(refused.error().is(errors::kArguments));
  }
}

TEST_F(WasmEngine, AnUnknownImportIsRefusedWithTheKnownOnes) {
  const auto refused =
      engine_->load("a", wat("(module (import \"icn\" \"credit_mana\" (func (param i64))))"));
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(errors::kUnknownImport));
  EXPECT_NE(refused.error().detail().find("icn.credit_mana"), std::string::npos);
  EXPECT_NE(refused.error().detail().find("icn.get_mana_balance"), std::string::npos);
  const auto other_type = engine_->load("b", wat("(module (import \"icn\" \"now\" (func (result i32))))"));
  ASSERT_FALSE(other_type.ok());
  EXPECT_NE(other_type.error().detail().find("() -> i64"), std::string::npos) << other_type.error().detail();
}

TEST_F(WasmEngine, FeaturesThatAreNotOnAreRefused) {
  const char* modules[] = {
      "(module (memory i64 1))",
      "(module (memory 1) (memory 1))",
      "(module (memory 1 1 shared))",
      "(module (func (return_call 0)))",
      "(module (tag))",
      "(module (type (struct (field i32))))",
      "(module (func (param v128 v128) (drop (i8x16.relaxed_swizzle (local.get 0) (local.get 1)))))",
      "(module (func (drop (i64.add128 (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0))) drop))",
  };
  for (const char* text : modules) EXPECT_FALSE(engine_->validate(wat(text)).ok()) << text;
}

TEST_F(WasmEngine, WhatFeaturesAreOnIsTaken) {
  const char* modules[] = {
      "(module (global (export \"g\") (mut i32) (i32.const 0)))",
      "(module (func (result i32) (i32.extend8_s (i32.const 255))))",
      "(module (func (result i32) (i32.trunc_sat_f32_s (f32.const 1e30))))",
      "(module (func (result i32 i32) (i32.const 1) (i32.const 2)))",
      "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 8))))",
      "(module (table 1 externref) (func (drop (table.get (i32.const 0)))))",
      "(module (func (result v128) (i8x16.add (v128.const i64x2 1 2) (v128.const i64x2 3 4))))",
  };
  for (const char* text : modules) {
    const auto valid = engine_->validate(wat(text));
    EXPECT_TRUE(valid.ok()) << text;
  }
}

TEST_F(WasmEngine, NansHaveOneForm) {
  // 0/0 and a NaN with a payload, both through arithmetic: the canonical NaN of the standard, 0x7fc00000.
  const RunOutcome outcome = run_body(
      "(result f32 f32 f64) (f32.div (f32.const 0) (f32.const 0))"
      " (f32.add (f32.const nan:0x200001) (f32.const 1)) (f64.sqrt (f64.const -1))");
  ASSERT_EQ(outcome.values.size(), 3u);
  EXPECT_EQ(outcome.values[0].low, 0x7fc00000u);
  EXPECT_EQ(outcome.values[1].low, 0x7fc00000u);
  EXPECT_EQ(outcome.values[2].low, 0x7ff8000000000000u);
}

TEST_F(WasmEngine, CallFunctionTakesAndGivesBits) {
  const Bytes module = wat(R"((module
      (func (export "swap") (param i32 v128) (result v128 i32) (local.get 1) (local.get 0))
      (func (export "sink") (param f64) unreachable)))");
  const Value number{ValueType::kI32, 4294967295, 0};
  const Value vector = value_from_bits(ValueType::kV128, "340282366920938463463374607431768211454").value();
  const RunOutcome outcome = call_function(*engine_, module, "swap", {number, vector}).value();
  EXPECT_EQ(outcome.values, (std::vector<Value>{vector, number}));
  EXPECT_EQ(value_bits(outcome.values[0]), "340282366920938463463374607431768211454");
  const RunOutcome trapped = call_function(*engine_, module, "sink", {{ValueType::kF64, 0, 0}}).value();
  EXPECT_EQ(trap_code_name(trapped.trap->code), "unreachable");
  EXPECT_FALSE(call_function(*engine_, module, "swap", {number}).ok());
}

TEST_F(WasmEngine, OneRunTooManyEndsAsUnavailable) {
  WasmtimeOptions options;
  options.instances_max = 1;
  const auto small = make_engine(options);
  const Bytes loop = wat("(module (func (export \"run\") (loop (br 0))))");
  const ModuleHandle module = testing::load(*small, loop);
  CancelToken cancel;
  RunRequest request;
  request.limits.fuel = 1'000'000'000'000;
  request.cancel = &cancel;
  std::atomic<int> unavailable{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      const RunOutcome outcome = small->run(module, request).value();
      if (outcome.trap->code == TrapCode::kUnavailable) {
        EXPECT_TRUE(outcome.machine_dependent());
        ++unavailable;
        cancel.cancel();
      }
    });
  }
#ifdef ICN_SANITIZED
  cancel.cancel();  // there is no pool to run out of
#endif
  for (auto& thread : threads) thread.join();
#ifndef ICN_SANITIZED
  EXPECT_EQ(unavailable, 1);
#endif
}

#ifndef ICN_SANITIZED
// As `ulimit -v` sets it, and valgrind: an error that says what to do, where Wasmtime would end the process.
TEST(WasmAddressSpace, WithoutRoomForThePoolThereIsNoEngine) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_AS, &before), 0);
  rlimit limited = before;
  limited.rlim_cur = rlim_t{100} << 30;  // a slot of the pool takes 4
  ASSERT_EQ(::setrlimit(RLIMIT_AS, &limited), 0);
  WasmtimeOptions options;
  options.instances_max = 64;
  const auto refused = make_wasmtime_engine(standard_host_functions(), options);
  options.instances_max = 2;
  const auto small = make_wasmtime_engine(standard_host_functions(), options);
  ASSERT_EQ(::setrlimit(RLIMIT_AS, &before), 0);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(errors::kEngine));
  EXPECT_NE(refused.error().detail().find("wasm.pooling_instances"), std::string::npos);
  EXPECT_TRUE(small.ok()) << small.error().detail();
}
#endif

}  // namespace
}  // namespace icn::wasm
