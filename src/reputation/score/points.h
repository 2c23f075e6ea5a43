#pragma once

#include "codec/records.h"
#include "codec/schema.h"
#include "codec/values.h"

namespace icn::reputation {

// Reputation, or a change of it, in thousandths of a point (domain.md 6: 0 to 100). In JSON a decimal with at
// most 3 places.
struct Points {
  std::int64_t thousandths = 0;
  constexpr auto operator<=>(const Points&) const = default;
  friend constexpr Points operator+(Points left, Points right) {
    return {left.thousandths + right.thousandths};
  }
  friend constexpr Points operator-(Points left, Points right) {
    return {left.thousandths - right.thousandths};
  }
};

inline constexpr Points kPointsStart{50'000};
inline constexpr Points kPointsMax{100'000};

}  // namespace icn::reputation

namespace icn::codec {

template <>
struct CborValue<reputation::Points> {
  static void write(reputation::Points value, CborWriter& out, Shape) { out.integer(value.thousandths); }
  static Result<reputation::Points> read(CborReader& in, Shape) {
    ICN_TRY_ASSIGN(value, in.integer());
    return reputation::Points{value};
  }
};

template <>
struct JsonValue<reputation::Points> {
  static Result<reputation::Points> read(const Json& json, UnknownMembers) {
    const Json::Number* number = json.number();
    if (number == nullptr) return wrong_kind("points (a number with at most 3 decimals)", json);
    ICN_TRY_ASSIGN(value, read_decimal(number->text, 3));
    return reputation::Points{value};
  }
  static void write(reputation::Points value, std::string& out) {
    out += write_decimal(value.thousandths, 3);
  }
};

template <>
struct JsonSchema<reputation::Points> {
  static Json make(SchemaComponents&) {
    return Json::object({{"type", "number"}, {"multipleOf", Json::Number{"0.001"}}});
  }
  static void bound(Json&, const Limits&) {}
};

}  // namespace icn::codec
