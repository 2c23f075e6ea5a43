#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace icn::wasm {

enum class ValueType : std::uint8_t { kI32, kI64, kF32, kF64, kV128, kFuncref, kExternref };

std::string_view value_type_name(ValueType type);           // "i32", ... "externref"
Result<ValueType> parse_value_type(std::string_view name);  // kArguments when there is no such type

// A WebAssembly value as its bits: `low` holds the value zero-extended, `high` the upper half of a
// v128. References carry only whether they are null (0).
struct Value {
  ValueType type = ValueType::kI32;
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  bool operator==(const Value&) const = default;
};

// The bits of a value as an unsigned decimal number ("4294967295" for the i32 -1) and back. Reading
// refuses what is no number or does not fit the type (kArguments).
std::string value_bits(const Value& value);
Result<Value> value_from_bits(ValueType type, std::string_view decimal);

// A number as a person writes it ("-1", "0.5"); v128 is its bits.
std::string value_text(const Value& value);
Result<Value> value_from_text(ValueType type, std::string_view text);

struct FunctionType {
  std::vector<ValueType> params;
  std::vector<ValueType> results;
  bool operator==(const FunctionType&) const = default;
};

// "(i32, i64) -> i32"
std::string function_type_text(const FunctionType& type);

}  // namespace icn::wasm
