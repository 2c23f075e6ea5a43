#pragma once

// The described-struct half of values.h; include that one.

#include <array>
#include <span>

#include "codec/values.h"

namespace icn::codec {

template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

// Malformed when `measure` lies outside: "the length in bytes must be at most 60, not 61".
Result<void> check_measure(std::int64_t measure, const Limits& limits, std::string_view what);

// What structs say when they cannot be read; one place, so that no struct's reader carries the texts.
void fail_within(std::optional<Error>& failure, const Error& error, std::string_view name);
void fail_missing(std::optional<Error>& failure, std::string_view name);
Error unknown_member(const Json::Object& members, std::span<const std::string_view> known);

template <typename T>
Result<void> check_limits(const T& value, const Limits& limits) {
  if constexpr (kIsOptional<T>) {
    return value ? check_limits(*value, limits) : Result<void>();
  } else if constexpr (std::is_same_v<T, bool>) {
    return {};
  } else if constexpr (std::is_unsigned_v<T>) {
    const auto max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return check_measure(static_cast<std::int64_t>(value > max ? max : value), limits, "the number");
  } else if constexpr (std::is_integral_v<T>) {
    return check_measure(value, limits, "the number");
  } else if constexpr (std::is_same_v<T, Millimana>) {
    return check_measure(value.value, limits, "the amount in millimana");
  } else if constexpr (std::is_same_v<T, std::string>) {
    return check_measure(static_cast<std::int64_t>(value.size()), limits, "the length in bytes");
  } else if constexpr (requires { value.bytes.size(); }) {
    return check_measure(static_cast<std::int64_t>(value.bytes.size()), limits, "the count of bytes");
  } else if constexpr (requires { value.size(); }) {
    return check_measure(static_cast<std::int64_t>(value.size()), limits, "the count");
  } else {
    return {};
  }
}

template <typename T>
Result<T> read_struct(const Json& json, UnknownMembers unknown) {
  const Json::Object* members = json.object();
  if (members == nullptr) return wrong_kind("an object", json);
  T out{};
  std::size_t known = 0;
  std::optional<Error> failure;
  for_each_field<T>([&](const auto& each) {
    using Member = typename std::remove_cvref_t<decltype(each)>::MemberType;
    if (failure) return;
    const Json* found = json.find(each.name);
    if (found == nullptr) {
      if (each.required && !kIsOptional<Member>) {
        fail_missing(failure, each.name);
      }
      return;
    }
    ++known;
    auto value = JsonValue<Member>::read(*found, unknown);
    if (!value.ok()) return fail_within(failure, value.error(), each.name);
    const auto checked = check_limits(*value, each.limits);
    if (!checked.ok()) return fail_within(failure, checked.error(), each.name);
    out.*(each.member) = std::move(value).value();
  });
  if (failure) return std::move(*failure);
  if (unknown == UnknownMembers::kRefuse && known != members->size()) {
    std::array<std::string_view, field_count<T>()> names{};
    std::size_t next = 0;
    for_each_field<T>([&](const auto& each) { names[next++] = each.name; });
    return unknown_member(*members, names);
  }
  return out;
}

template <typename T>
void write_struct(const T& value, std::string& out) {
  out += '{';
  bool first = true;
  for_each_field<T>([&](const auto& each) {
    using Member = typename std::remove_cvref_t<decltype(each)>::MemberType;
    const Member& member = value.*(each.member);
    if constexpr (kIsOptional<Member>) {
      if (!member) return;
    }
    if (!first) out += ',';
    first = false;
    append_json_string(out, each.name);
    out += ':';
    JsonValue<Member>::write(member, out);
  });
  out += '}';
}

}  // namespace icn::codec
