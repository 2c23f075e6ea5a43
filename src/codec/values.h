#pragma once

#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/errors.h"
#include "base/ids.h"
#include "base/mana.h"
#include "codec/fields.h"

// How each kind of member reads and writes JSON. One specialisation of JsonValue<T> a kind:
// bool, integers (above 2^53 - 1 as strings), double, text, TextId, Millimana (decimal mana), Bytes
// (base64), HexBytes, enums by name, optional, vector, map by text, Json as it is, described structs.
namespace icn::codec {

// Bytes whose text form is hexadecimal: hashes, signatures.
struct HexBytes {
  Bytes bytes;
  auto operator<=>(const HexBytes&) const = default;
};

inline constexpr std::uint64_t kJsonIntegerMax = (1ull << 53) - 1;

enum class UnknownMembers { kRefuse, kIgnore };

template <typename T>
struct JsonValue;

// Malformed; the detail starts with the path of the member and says what is allowed.
template <typename T>
Result<T> from_json(const Json& json, UnknownMembers unknown = UnknownMembers::kRefuse) {
  return JsonValue<T>::read(json, unknown);
}

// Appends compact JSON in field order. Absent optionals are left out of objects.
template <typename T>
void append_json(std::string& out, const T& value) {
  JsonValue<T>::write(value, out);
}

template <typename T>
std::string to_json_text(const T& value) {
  std::string out;
  append_json(out, value);
  return out;
}

// The same value as a Json tree, for canonicalisation.
template <typename T>
Json to_json(const T& value) {
  auto json = parse_json(to_json_text(value), {.bytes_max = 1 << 28, .depth_max = 64, .values_max = 1 << 24});
  ICN_ASSERT(json.ok());
  return std::move(json).value();
}

Error wrong_kind(std::string_view wanted, const Json& json);

template <>
struct JsonValue<bool> {
  static Result<bool> read(const Json& json, UnknownMembers) {
    if (const bool* value = json.boolean()) return *value;
    return wrong_kind("true or false", json);
  }
  static void write(bool value, std::string& out) { out += value ? "true" : "false"; }
};

template <std::integral T>
struct JsonValue<T> {
  static Result<T> read(const Json& json, UnknownMembers) {
    const Json::Number text{json.string() ? *json.string() : std::string()};
    const Json::Number* number = json.number() ? json.number() : json.string() ? &text : nullptr;
    if (number == nullptr) return wrong_kind("a whole number", json);
    if constexpr (std::is_unsigned_v<T>) {
      ICN_TRY_ASSIGN(value, read_uint64(*number));
      if (value > std::numeric_limits<T>::max()) return out_of_range();
      if (json.string() && value <= kJsonIntegerMax) return wrong_kind("a number up to 2^53-1", json);
      return static_cast<T>(value);
    } else {
      ICN_TRY_ASSIGN(value, read_int64(*number));
      if (value > std::numeric_limits<T>::max() || value < std::numeric_limits<T>::min())
        return out_of_range();
      return static_cast<T>(value);
    }
  }
  static void write(T value, std::string& out) {
    const bool large = value > 0 && static_cast<std::uint64_t>(value) > kJsonIntegerMax;
    out += large ? '"' + std::to_string(value) + '"' : std::to_string(value);
  }

 private:
  static Error out_of_range() {
    return Error(errors::kMalformed, "must be at most " + std::to_string(std::numeric_limits<T>::max()));
  }
};

template <>
struct JsonValue<double> {
  static Result<double> read(const Json& json, UnknownMembers) {
    if (const auto* number = json.number()) return read_double(*number);
    return wrong_kind("a number", json);
  }
  static void write(double value, std::string& out) {
    char buffer[40];
    out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
  }
};

template <>
struct JsonValue<std::string> {
  static Result<std::string> read(const Json& json, UnknownMembers) {
    if (const std::string* text = json.string()) return *text;
    return wrong_kind("a string", json);
  }
  static void write(const std::string& value, std::string& out) { append_json_string(out, value); }
};

template <typename Tag>
struct JsonValue<TextId<Tag>> {
  static Result<TextId<Tag>> read(const Json& json, UnknownMembers) {
    if (const std::string* text = json.string()) return TextId<Tag>(*text);
    return wrong_kind("a string", json);
  }
  static void write(const TextId<Tag>& value, std::string& out) { append_json_string(out, value.text()); }
};

template <>
struct JsonValue<Millimana> {
  static Result<Millimana> read(const Json& json, UnknownMembers) {
    const Json::Number* number = json.number();
    if (number == nullptr) return wrong_kind("an amount of mana (a number with at most 3 decimals)", json);
    ICN_TRY_ASSIGN(value, read_decimal(number->text, 3));
    return Millimana{value};
  }
  static void write(Millimana value, std::string& out) { out += write_decimal(value.value, 3); }
};

template <>
struct JsonValue<Bytes> {
  static Result<Bytes> read(const Json& json, UnknownMembers) {
    if (const std::string* text = json.string()) return base64_decode(*text);
    return wrong_kind("base64 text", json);
  }
  static void write(const Bytes& value, std::string& out) { out += '"' + base64_encode(value) + '"'; }
};

template <>
struct JsonValue<HexBytes> {
  static Result<HexBytes> read(const Json& json, UnknownMembers) {
    const std::string* text = json.string();
    if (text == nullptr) return wrong_kind("hex text", json);
    ICN_TRY_ASSIGN(bytes, hex_decode(*text));
    return HexBytes{std::move(bytes)};
  }
  static void write(const HexBytes& value, std::string& out) { out += '"' + hex_encode(value.bytes) + '"'; }
};

template <>
struct JsonValue<Json> {
  static Result<Json> read(const Json& json, UnknownMembers) { return json; }
  static void write(const Json& value, std::string& out) { out += write_json(value); }
};

template <NamedEnum E>
struct JsonValue<E> {
  static Result<E> read(const Json& json, UnknownMembers) {
    std::string allowed;
    for (const auto& [value, name] : enum_names(E{})) {
      if (json.string() && *json.string() == name) return value;
      allowed += (allowed.empty() ? "" : ", ") + std::string(name);
    }
    return Error(errors::kMalformed, "must be one of: " + allowed);
  }
  static void write(E value, std::string& out) { append_json_string(out, enum_name(value)); }
};

template <typename T>
struct JsonValue<std::optional<T>> {
  static Result<std::optional<T>> read(const Json& json, UnknownMembers unknown) {
    if (json.is_null()) return std::optional<T>();
    ICN_TRY_ASSIGN(value, JsonValue<T>::read(json, unknown));
    return std::optional<T>(std::move(value));
  }
  static void write(const std::optional<T>& value, std::string& out) {
    if (value)
      JsonValue<T>::write(*value, out);
    else
      out += "null";
  }
};

template <typename T>
struct JsonValue<std::vector<T>> {
  static Result<std::vector<T>> read(const Json& json, UnknownMembers unknown) {
    const Json::Array* items = json.array();
    if (items == nullptr) return wrong_kind("an array", json);
    std::vector<T> out;
    out.reserve(items->size());
    for (std::size_t i = 0; i < items->size(); ++i) {
      auto item = JsonValue<T>::read((*items)[i], unknown);
      if (!item.ok()) return item.error().within("[" + std::to_string(i) + "]");
      out.push_back(std::move(item).value());
    }
    return out;
  }
  static void write(const std::vector<T>& value, std::string& out) {
    out += '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i > 0) out += ',';
      JsonValue<T>::write(value[i], out);
    }
    out += ']';
  }
};

template <typename T>
struct JsonValue<std::map<std::string, T>> {
  static Result<std::map<std::string, T>> read(const Json& json, UnknownMembers unknown) {
    const Json::Object* members = json.object();
    if (members == nullptr) return wrong_kind("an object", json);
    std::map<std::string, T> out;
    for (const auto& [name, each] : *members) {
      auto value = JsonValue<T>::read(each, unknown);
      if (!value.ok()) return value.error().within(name);
      out.emplace(name, std::move(value).value());
    }
    return out;
  }
  static void write(const std::map<std::string, T>& value, std::string& out) {
    out += '{';
    for (const auto& [name, each] : value) {
      if (out.back() != '{') out += ',';
      append_json_string(out, name);
      out += ':';
      JsonValue<T>::write(each, out);
    }
    out += '}';
  }
};

// Malformed when `value` lies outside `limits`; see Limits for what is measured.
template <typename T>
Result<void> check_limits(const T& value, const Limits& limits);

template <typename T>
Result<T> read_struct(const Json& json, UnknownMembers unknown);
template <typename T>
void write_struct(const T& value, std::string& out);

// Clang 14 cannot define members of a constrained specialization outside of it.
template <Described T>
struct JsonValue<T> {
  static Result<T> read(const Json& json, UnknownMembers unknown) { return read_struct<T>(json, unknown); }
  static void write(const T& value, std::string& out) { write_struct(value, out); }
};

}  // namespace icn::codec

#include "codec/values_struct.h"
