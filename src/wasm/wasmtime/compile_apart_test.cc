#include "wasm/wasmtime/compile_apart.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "wasm/errors.h"
#include "wasm/test_support.h"

namespace icn::wasm {
namespace {

constexpr const char* kThisProgram = "/proc/self/exe";

// This program is its own compiler: started as one it never comes to its tests.
[[maybe_unused]] const bool kIsTest = [] {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  const std::string words((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::string wanted = '\0' + std::string(kCompileWord) + '\0';
  if (words.ends_with(wanted)) std::_Exit(run_compiler());
  return true;
}();

std::string times(std::size_t count, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

// A function of `loops` empty loops that each take and give `width` values.
Bytes loops_module(std::size_t loops, std::size_t width) {
  const std::string values = times(width, " i32");
  return testing::wat("(module (type $wide (func (param" + values + ") (result" + values +
                      "))) (func (export \"run\")" + times(width, " i32.const 0") +
                      times(loops, " loop (type $wide) end") + times(width, " drop") + "))");
}

std::unique_ptr<Engine> engine_with_compiler() {
  WasmtimeOptions options;
  options.compiler = kThisProgram;
  return make_wasmtime_engine(standard_host_functions(), std::move(options)).value();
}

TEST(CompileApart, WhatWasCompiledApartRuns) {
  const auto engine = engine_with_compiler();
  const Bytes wasm = loops_module(2'000, 4);
  ASSERT_GT(wasm.size(), 1'024u);
  const auto module = engine->load("apart", wasm);
  ASSERT_TRUE(module.ok()) << module.error().detail();
  RunRequest request;
  request.function = "run";
  const auto outcome = engine->run(*module, request);
  ASSERT_TRUE(outcome.ok()) << outcome.error().detail();
  EXPECT_FALSE(outcome->trap);
}

TEST(CompileApart, AnInvalidModuleIsToldAsOne) {
  const Bytes wasm = testing::wat("(module (func (export \"run\") (result i32) nop))");  // gives no value
  const auto compiled = compile_apart(kThisProgram, wasm);
  ASSERT_FALSE(compiled.ok());
  EXPECT_TRUE(compiled.error().is(errors::kModuleInvalid)) << compiled.error().detail();
}

TEST(CompileApart, AProgramThatCompilesNothingIsTheEnginesFault) {
  EXPECT_TRUE(compile_apart("/nonexistent", Bytes(10)).error().is(errors::kEngine));
  EXPECT_TRUE(compile_apart("/bin/false", Bytes(10)).error().is(errors::kEngine));
}

#ifndef ICN_SANITIZED
TEST(CompileApart, AModuleMadeToFillTheMemoryIsRefused) {
  const Bytes wasm = loops_module(100'000, 1'000);
  ASSERT_LT(wasm.size(), 310'000u);
  const auto compiled = engine_with_compiler()->load("bomb", wasm);
  ASSERT_FALSE(compiled.ok());
  EXPECT_TRUE(compiled.error().is(errors::kCompileLimit)) << compiled.error().detail();
}
#endif

}  // namespace
}  // namespace icn::wasm
