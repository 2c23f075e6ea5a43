#include "wasm/module_check.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "wasm/errors.h"
#include "wasm/test_support.h"

namespace icn::wasm {
namespace {

using testing::wat;

std::string repeat(std::string_view text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

// The code of the refusal, or "" when there is none.
std::string refusal(ByteView wasm, const ModuleLimits& limits = {}) {
  const auto info = check_module(wasm, limits);
  return info.ok() ? "" : std::string(info.error().code());
}

TEST(ModuleCheck, TellsWhatAModuleSaysAboutItself) {
  const Bytes wasm = wat(R"((module
      (import "icn" "now" (func $now (result i64)))
      (memory (export "memory") 3 5) (table 7 funcref) (table 2 externref)
      (global (mut i32) (i32.const 0))
      (func (export "run") (param i32 f64) (result v128 i64) unreachable)
      (func $hidden)))");
  const ModuleInfo info = check_module(wasm, {}).value();
  EXPECT_EQ(info.size_bytes, wasm.size());
  ASSERT_EQ(info.imports.size(), 1u);
  EXPECT_EQ(info.imports[0].module, "icn");
  EXPECT_EQ(function_type_text(info.types[info.imports[0].type]), "() -> i64");
  EXPECT_EQ(info.function_count, 3u);
  EXPECT_EQ(info.table_count, 2u);
  EXPECT_EQ(info.global_count, 1u);
  EXPECT_EQ(info.memory_start_bytes, 3 * kPageBytes);
  ASSERT_NE(info.find_function("run"), nullptr);
  EXPECT_EQ(function_type_text(info.types[info.find_function("run")->type]), "(i32, f64) -> v128, i64");
  EXPECT_EQ(info.find_function("memory"), nullptr);
}

TEST(ModuleCheck, EveryLimitHoldsExactly) {
  ModuleLimits limits;
  limits.functions_max = 3;
  limits.globals_max = 2;
  limits.tables_max = 2;
  limits.table_elements_max = 10;
  limits.memory_bytes_max = 4 * kPageBytes;
  limits.types_max = 4;
  limits.exports_max = 2;
  struct Case {
    std::string_view unit;
    int allowed;
  };
  const Case cases[] = {{"(func)", 3},
                        {"(global i32 (i32.const 0))", 2},
                        {"(table 1 funcref)", 2},
                        {"(type (func))", 4},
                        {"(import \"icn\" \"f\" (func))", 3},
                        {"(import \"icn\" \"g\" (global i32))", 2},
                        {"(import \"icn\" \"t\" (table 1 funcref))", 2}};
  for (const Case& test : cases) {
    EXPECT_EQ(refusal(wat("(module " + repeat(test.unit, test.allowed) + ")"), limits), "") << test.unit;
    EXPECT_EQ(refusal(wat("(module " + repeat(test.unit, test.allowed + 1) + ")"), limits), "module_limit")
        << test.unit;
  }
  EXPECT_EQ(refusal(wat("(module (func $f) (export \"a\" (func $f)) (export \"b\" (func $f)))"), limits), "");
  EXPECT_EQ(refusal(wat("(module (func $f) (export \"a\" (func $f)) (export \"b\" (func $f)) (export \"c\" "
                        "(func $f)))"),
                    limits),
            "module_limit");
  EXPECT_EQ(refusal(wat("(module (table 10 funcref))"), limits), "");
  EXPECT_EQ(refusal(wat("(module (table 11 funcref))"), limits), "module_limit");
  EXPECT_EQ(refusal(wat("(module (memory 4))"), limits), "");
  EXPECT_EQ(refusal(wat("(module (memory 5))"), limits), "module_limit");
  const Bytes small = wat("(module)");
  limits.module_bytes_max = small.size();
  EXPECT_EQ(refusal(small, limits), "");
  limits.module_bytes_max = small.size() - 1;
  EXPECT_EQ(refusal(small, limits), "module_too_large");
}

// Source: domain.md 8.
TEST(ModuleCheck, TheLimitsAreThoseOfTheNetwork) {
  const ModuleLimits limits;
  EXPECT_EQ(limits.module_bytes_max, 32u * 1024 * 1024);
  EXPECT_EQ(refusal(wat("(module " + repeat("(func)", 50'000) + ")")), "");
  EXPECT_EQ(refusal(wat("(module " + repeat("(func)", 50'001) + ")")), "module_limit");
  EXPECT_EQ(refusal(wat("(module " + repeat("(global i32 (i32.const 0))", 1'001) + ")")), "module_limit");
  EXPECT_EQ(refusal(wat("(module " + repeat("(table 1 funcref)", 11) + ")")), "module_limit");
  EXPECT_EQ(refusal(wat("(module (table 100001 funcref))")), "module_limit");
  EXPECT_EQ(refusal(wat("(module (memory 16385))")), "module_limit");
  EXPECT_EQ(refusal(wat("(module (memory 16384))")), "");
}

TEST(ModuleCheck, MalformedModulesAreInvalid) {
  const char* cases[] = {
      "",                        // nothing
      "0061736d",                // cut off
      "0061736d02000000",        // another version
      "0061736d0100000001",      // a section without size
      "0061736d01000000010200",  // longer than the module
      "0061736d01000000010100"
      "010100",                                // the type section twice
      "0061736d010000000e0100",                // an unknown section
      "0061736d0100000001080100000000000000",  // not a function type
      "0061736d010000000105ffffffff0f",        // more entries than bytes
      "0061736d01000000010680808080"
      "8000",                            // a number of six bytes
      "0061736d0100000001058080808010",  // a number above 32 bits
      "0061736d01000000030201"
      "00",  // a function of a type that does not exist
      "0061736d010000000104016000"
      "00"
      "03020100",  // a function without code
      "0061736d0100000005030102"
      "01",  // shared memory
      "0061736d010000000504010102"
      "01",                              // lower limit above the upper
      "0061736d0100000005020000",        // bytes left over
      "0061736d010000000000",            // a custom section without a name
      "0061736d0100000007050101610000",  // export of a function that does not exist
  };
  for (const char* hex : cases) EXPECT_EQ(refusal(hex_decode(hex).value()), "module_invalid") << hex;
}

TEST(ModuleCheck, EveryPrefixOfAModuleIsRefusedOrShorterByWholeSections) {
  const Bytes wasm =
      wat("(module (memory (export \"memory\") 1) (func (export \"run\") (drop (i32.const 1))))");
  const auto engine = testing::make_engine();
  for (std::size_t size = 0; size < wasm.size(); ++size) {
    const ByteView prefix = ByteView(wasm).first(size);
    // 8: the header alone; 14: with the type section. Both are whole modules.
    EXPECT_EQ(engine->validate(prefix).ok(), size == 8 || size == 14) << size;
  }
}

TEST(ModuleCheck, RandomBytesAndBitFlipsNeverPassUnlessTheEngineAgrees) {
  const Bytes wasm = wat(R"((module (import "icn" "now" (func (result i64))) (memory 1) (table 2 funcref)
      (global (mut i32) (i32.const 0)) (func (export "run") (drop (i32.const 1))) (data (i32.const 0) "abc")))");
  const auto engine = testing::make_engine();
  SeededRandom random(20);
  int refused = 0;
  for (int round = 0; round < 2'000; ++round) {
    Bytes changed = wasm;
    for (std::uint64_t flips = 1 + random.below(3); flips > 0; --flips) {
      changed[random.below(changed.size())] = static_cast<std::uint8_t>(random.next());
    }
    if (!engine->validate(changed).ok()) ++refused;
    Bytes noise = {0x00, 'a', 's', 'm', 1, 0, 0, 0};
    for (int i = 0; i < 64; ++i) noise.push_back(static_cast<std::uint8_t>(random.next()));
    EXPECT_FALSE(engine->validate(noise).ok());
  }
  EXPECT_GT(refused, 1'000);
}

}  // namespace
}  // namespace icn::wasm
