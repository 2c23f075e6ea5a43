#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "codec/utf8.h"

namespace icn::codec {

struct JsonLimits {
  std::size_t bytes_max = 1 << 20;
  std::size_t depth_max = 32;
  std::size_t values_max = 100'000;  // numbers, strings, arrays, ... altogether
};

// A JSON value that keeps numbers as their decimal text, so that amounts are read exactly.
// Objects keep the order they were written in; names are unique.
class Json {
 public:
  struct Number {
    std::string text;
  };
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() = default;  // null
  Json(bool value) : state_(value) {}
  Json(std::int64_t value) : state_(Number{std::to_string(value)}) {}
  Json(std::uint64_t value) : state_(Number{std::to_string(value)}) {}
  Json(int value) : state_(Number{std::to_string(value)}) {}
  Json(const char* text) : state_(std::string(text)) {}
  Json(std::string_view text) : state_(std::string(text)) {}
  Json(std::string text) : state_(std::move(text)) {}
  Json(Number number) : state_(std::move(number)) {}
  Json(Array items) : state_(std::move(items)) {}
  Json(Object members) : state_(std::move(members)) {}
  static Json object(std::initializer_list<Member> members) { return Json(Object(members)); }
  static Json array(std::initializer_list<Json> items) { return Json(Array(items)); }

  bool is_null() const { return std::holds_alternative<std::monostate>(state_); }
  // Null when the value is of another kind.
  const bool* boolean() const { return std::get_if<bool>(&state_); }
  const std::string* string() const { return std::get_if<std::string>(&state_); }
  const Number* number() const { return std::get_if<Number>(&state_); }
  const Array* array() const { return std::get_if<Array>(&state_); }
  Array* array() { return std::get_if<Array>(&state_); }
  const Object* object() const { return std::get_if<Object>(&state_); }
  Object* object() { return std::get_if<Object>(&state_); }
  // The member of an object; null when absent or when this is no object.
  const Json* find(std::string_view name) const;
  // Replaces or appends a member. This must be an object.
  void set(std::string_view name, Json value);
  void erase(std::string_view name);
  // "null", "a boolean", "a number", "a string", "an array", "an object": for messages.
  std::string_view kind() const;

 private:
  std::variant<std::monostate, bool, Number, std::string, Array, Object> state_;
};

// Strict RFC 8259. Refuses (malformed, with the byte offset): duplicate names, lone surrogates,
// invalid UTF-8, numbers that are no finite double, anything after the value. Over a limit: too_large.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

// RFC 8785: names sorted by UTF-16 code units, numbers as ECMAScript writes their double.
std::string canonical_json(const Json& value);

// Compact text in the order of the members; numbers as they are.
std::string write_json(const Json& value);
// Indented by two spaces, for people.
std::string write_json_pretty(const Json& value);

// Appends `text` as a JSON string with its quotes. `text` must be UTF-8.
void append_json_string(std::string& out, std::string_view text);

// Exact readings of a number's text. Malformed when it has a fraction or exponent, or is out of range.
Result<std::int64_t> read_int64(const Json::Number& number);
Result<std::uint64_t> read_uint64(const Json::Number& number);
Result<double> read_double(const Json::Number& number);

// A plain decimal (no exponent) scaled by 10^decimals: "12.5" with 3 decimals is 12500.
// Malformed when it has more decimals than that or does not fit.
Result<std::int64_t> read_decimal(std::string_view text, int decimals);
// The shortest decimal of `scaled` / 10^decimals: 12500 with 3 decimals is "12.5".
std::string write_decimal(std::int64_t scaled, int decimals);

}  // namespace icn::codec
