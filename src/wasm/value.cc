#include "wasm/value.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "wasm/errors.h"

namespace icn::wasm {
namespace {

__extension__ using u128 = unsigned __int128;  // decimal text of a v128

constexpr std::array<std::string_view, 7> kNames = {"i32",  "i64",     "f32",      "f64",
                                                    "v128", "funcref", "externref"};

Error bad_value(ValueType type, std::string_view text) {
  return Error(errors::kArguments,
               fmt::format("\"{}\" is not a value of type {}", text, value_type_name(type)));
}

template <typename Number>
std::optional<Number> parse(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

template <typename Float>
std::string float_text(Float number) {
  std::array<char, 64> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return error == std::errc{} ? std::string(buffer.data(), end) : std::string();
}

// Takes -2^(bits-1) .. 2^bits - 1: signed and unsigned readings of the same bits.
template <typename Signed, typename Unsigned>
std::optional<Unsigned> parse_integer(std::string_view text) {
  if (text.starts_with('-')) {
    const auto number = parse<Signed>(text);
    return number ? std::optional<Unsigned>(static_cast<Unsigned>(*number)) : std::nullopt;
  }
  return parse<Unsigned>(text);
}

}  // namespace

std::string_view value_type_name(ValueType type) { return kNames[static_cast<std::size_t>(type)]; }

Result<ValueType> parse_value_type(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end())
    return Error(errors::kArguments, fmt::format("there is no value type \"{}\"", name));
  return static_cast<ValueType>(found - kNames.begin());
}

std::string value_bits(const Value& value) {
  if (value.type != ValueType::kV128) return std::to_string(value.low);
  u128 number = (static_cast<u128>(value.high) << 64) | value.low;
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(number % 10)));
    number /= 10;
  } while (number != 0);
  std::ranges::reverse(digits);
  return digits;
}

Result<Value> value_from_bits(ValueType type, std::string_view decimal) {
  const int bits = type == ValueType::kV128                             ? 128
                   : type == ValueType::kI64 || type == ValueType::kF64 ? 64
                   : type == ValueType::kI32 || type == ValueType::kF32 ? 32
                                                                        : 0;
  if (bits == 0 || decimal.empty() || decimal.size() > 39) return bad_value(type, decimal);
  const u128 max = bits == 128 ? ~u128{0} : (u128{1} << bits) - 1;
  u128 number = 0;
  for (const char digit : decimal) {
    if (digit < '0' || digit > '9') return bad_value(type, decimal);
    const u128 addend = static_cast<u128>(digit - '0');
    if (number > (max - addend) / 10) return bad_value(type, decimal);
    number = number * 10 + addend;
  }
  return Value{type, static_cast<std::uint64_t>(number), static_cast<std::uint64_t>(number >> 64)};
}

std::string value_text(const Value& value) {
  switch (value.type) {
    case ValueType::kI32:
      return std::to_string(static_cast<std::int32_t>(value.low));
    case ValueType::kI64:
      return std::to_string(static_cast<std::int64_t>(value.low));
    case ValueType::kF32:
      return float_text(std::bit_cast<float>(static_cast<std::uint32_t>(value.low)));
    case ValueType::kF64:
      return float_text(std::bit_cast<double>(value.low));
    case ValueType::kV128:
      return value_bits(value);
    case ValueType::kFuncref:
    case ValueType::kExternref:
      return value.low == 0 ? "null" : "reference";
  }
  return {};
}

Result<Value> value_from_text(ValueType type, std::string_view text) {
  std::optional<std::uint64_t> bits;
  switch (type) {
    case ValueType::kI32:
      bits = parse_integer<std::int32_t, std::uint32_t>(text);
      break;
    case ValueType::kI64:
      bits = parse_integer<std::int64_t, std::uint64_t>(text);
      break;
    case ValueType::kF32:
      if (const auto number = parse<float>(text)) bits = std::bit_cast<std::uint32_t>(*number);
      break;
    case ValueType::kF64:
      if (const auto number = parse<double>(text)) bits = std::bit_cast<std::uint64_t>(*number);
      break;
    case ValueType::kV128:
      return value_from_bits(type, text);
    case ValueType::kFuncref:
    case ValueType::kExternref:
      break;
  }
  if (!bits) return bad_value(type, text);
  return Value{type, *bits, 0};
}

std::string function_type_text(const FunctionType& type) {
  const auto list = [](const std::vector<ValueType>& types) {
    std::string text;
    for (const ValueType value : types) {
      if (!text.empty()) text += ", ";
      text += value_type_name(value);
    }
    return text;
  };
  const std::string results = list(type.results);
  return fmt::format("({}) -> {}", list(type.params), results.empty() ? "()" : results);
}

}  // namespace icn::wasm
