#include "wasm/value.h"

#include <gtest/gtest.h>

namespace icn::wasm {
namespace {

TEST(WasmValue, BitsAreUnsignedDecimalsThatFitTheType) {
  const std::pair<ValueType, const char*> round_trips[] = {
      {ValueType::kI32, "4294967295"},
      {ValueType::kF32, "2143289344"},
      {ValueType::kI64, "18446744073709551615"},
      {ValueType::kF64, "0"},
      {ValueType::kV128, "340282366920938463463374607431768211455"},
      {ValueType::kV128, "18446744073709551616"},
  };
  for (const auto& [type, text] : round_trips)
    EXPECT_EQ(value_bits(value_from_bits(type, text).value()), text);
  const std::pair<ValueType, const char*> refused[] = {
      {ValueType::kI32, "4294967296"},
      {ValueType::kI64, "18446744073709551616"},
      {ValueType::kV128, "340282366920938463463374607431768211456"},
      {ValueType::kI32, "-1"},
      {ValueType::kI32, ""},
      {ValueType::kI32, " 1"},
      {ValueType::kI32, "0x1"},
      {ValueType::kFuncref, "0"},
  };
  for (const auto& [type, text] : refused) EXPECT_FALSE(value_from_bits(type, text).ok()) << text;
}

TEST(WasmValue, TextIsWhatAPersonWrites) {
  EXPECT_EQ(value_text(value_from_text(ValueType::kI32, "-1").value()), "-1");
  EXPECT_EQ(value_text(value_from_text(ValueType::kI32, "4294967295").value()), "-1");
  EXPECT_EQ(value_text(value_from_text(ValueType::kF64, "0.1").value()), "0.1");
  EXPECT_EQ(value_text(value_from_text(ValueType::kI64, "-9223372036854775808").value()),
            "-9223372036854775808");
  for (const char* text : {"2147483648x", "-2147483649", "4294967296", "", "1.0"}) {
    EXPECT_FALSE(value_from_text(ValueType::kI32, text).ok()) << text;
  }
}

}  // namespace
}  // namespace icn::wasm
