#pragma once

// The described-struct half of values.h; include that one.

#include "codec/values.h"

namespace icn::codec {

template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

inline Result<void> check_measure(std::int64_t measure, const Limits& limits, std::string_view what) {
  if (measure >= limits.min && measure <= limits.max) return {};
  std::string allowed;
  if (limits.min != Limits{}.min) allowed = "at least " + std::to_string(limits.min);
  if (limits.max != Limits{}.max)
    allowed += (allowed.empty() ? "at most " : " and at most ") + std::to_string(limits.max);
  return Error(errors::kMalformed,
               std::string(what) + " must be " + allowed + ", not " + std::to_string(measure));
}

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
        failure = Error(errors::kMalformed, std::string(each.name) + ": is required");
      }
      return;
    }
    ++known;
    auto value = JsonValue<Member>::read(*found, unknown);
    Result<void> checked = value.ok() ? check_limits(*value, each.limits) : Result<void>(value.error());
    if (!checked.ok()) {
      failure = checked.error().within(each.name);
      return;
    }
    out.*(each.member) = std::move(value).value();
  });
  if (failure) return std::move(*failure);
  if (unknown == UnknownMembers::kRefuse && known != members->size()) {
    for (const auto& member : *members) {
      const std::string& name = member.first;  // Clang 14 cannot capture a structured binding.
      bool is_known = false;
      std::string allowed;
      for_each_field<T>([&](const auto& each) {
        is_known = is_known || each.name == name;
        allowed += (allowed.empty() ? "" : ", ") + std::string(each.name);
      });
      if (!is_known) {
        return Error(errors::kMalformed,
                     "unknown field \"" + name.substr(0, 60) + "\"; known are: " + allowed);
      }
    }
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
