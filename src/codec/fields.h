#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "codec/json.h"

// A struct says its members once; JSON, ledger records, DAG-CBOR blocks and the OpenAPI schema come from it.
//
//   struct Input {
//     Did from;
//     Millimana amount;
//     std::optional<std::string> memo;
//     static constexpr auto fields() {
//       return described(field("from", &Input::from, "who pays"),
//                        field("amount", &Input::amount, "mana", {1, kMillimanaMax.value}),
//                        field("memo", &Input::memo, "free text", {0, 500}));
//     }
//   };
//
// An enum gives its names by `constexpr auto enum_names(E)`, found by argument-dependent lookup, that
// returns a std::array of pairs (value, name). What kinds of members there are: codec/values.h.
namespace icn::codec {

// Inclusive. Numbers: the value (mana: in millimana). Text: bytes. Lists and maps: items.
struct Limits {
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

template <typename Struct, typename Member>
struct Field {
  using MemberType = Member;
  std::string_view name;
  Member Struct::*member;
  std::string_view doc;
  Limits limits;
  bool required;  // false: an absent member keeps its default
};

template <typename Struct, typename Member>
constexpr Field<Struct, Member> field(std::string_view name, Member Struct::*member,
                                      std::string_view doc = "", Limits limits = {}) {
  return {name, member, doc, limits, true};
}

// A member that may be absent and then keeps the value its struct gives it.
template <typename Struct, typename Member>
constexpr Field<Struct, Member> defaulted_field(std::string_view name, Member Struct::*member,
                                                std::string_view doc = "", Limits limits = {}) {
  return {name, member, doc, limits, false};
}

// What fields() returns. Not a std::tuple: its constraints took a third of the time of every compilation.
template <std::size_t Index, typename FieldType>
struct FieldAt {
  FieldType field;
};

template <typename Indices, typename... FieldTypes>
struct FieldList;

template <std::size_t... Index, typename... FieldTypes>
struct FieldList<std::index_sequence<Index...>, FieldTypes...> : FieldAt<Index, FieldTypes>... {
  constexpr explicit FieldList(const FieldTypes&... each) : FieldAt<Index, FieldTypes>{each}... {}

  // Calls visit(field) for each, in order.
  template <typename Visit>
  constexpr void visit_all(Visit&& visit) const {
    (visit(FieldAt<Index, FieldTypes>::field), ...);
  }

  // These fields, then `more`.
  template <typename... More>
  constexpr auto with(const More&... more) const {
    return FieldList<std::make_index_sequence<sizeof...(FieldTypes) + sizeof...(More)>, FieldTypes...,
                     More...>(FieldAt<Index, FieldTypes>::field..., more...);
  }
};

template <typename... FieldTypes>
constexpr auto described(const FieldTypes&... each) {
  return FieldList<std::index_sequence_for<FieldTypes...>, FieldTypes...>(each...);
}

template <std::size_t Index, typename FieldType>
constexpr const FieldType& field_at(const FieldAt<Index, FieldType>& at) {
  return at.field;
}

template <typename T>
concept Described = requires {
  T::fields();
};

template <typename T>
concept NamedEnum = std::is_enum_v<T> && requires(T value) {
  enum_names(value);
};

// Calls visit(field) for each field of T, in order.
template <Described T, typename Visit>
constexpr void for_each_field(Visit&& visit) {
  T::fields().visit_all(visit);
}

template <Described T>
constexpr std::size_t field_count() {
  std::size_t count = 0;
  for_each_field<T>([&](const auto&) { ++count; });
  return count;
}

template <NamedEnum E>
constexpr std::string_view enum_name(E value) {
  for (const auto& [each, name] : enum_names(value)) {
    if (each == value) return name;
  }
  return "unknown";
}

}  // namespace icn::codec
