#include "codec/json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

#include "base/errors.h"

namespace icn::codec {

const Json* Json::find(std::string_view name) const {
  const Object* members = object();
  if (members == nullptr) return nullptr;
  const auto found = std::ranges::find(*members, name, &Member::first);
  return found == members->end() ? nullptr : &found->second;
}

void Json::set(std::string_view name, Json value) {
  Object* members = object();
  ICN_ASSERT(members != nullptr);
  const auto found = std::ranges::find(*members, name, &Member::first);
  if (found != members->end()) {
    found->second = std::move(value);
  } else {
    members->emplace_back(std::string(name), std::move(value));
  }
}

void Json::erase(std::string_view name) {
  if (Object* members = object()) std::erase_if(*members, [&](const Member& m) { return m.first == name; });
}

std::string_view Json::kind() const {
  constexpr std::array<std::string_view, 6> kKinds{"null",     "a boolean", "a number",
                                                   "a string", "an array",  "an object"};
  return kKinds[state_.index()];
}

Result<std::int64_t> read_int64(const Json::Number& number) {
  std::int64_t value = 0;
  const char* end = number.text.data() + number.text.size();
  const auto [stop, code] = std::from_chars(number.text.data(), end, value);
  if (code != std::errc() || stop != end) {
    return Error(errors::kMalformed, "must be an integer between -2^63 and 2^63-1, not " + number.text);
  }
  return value;
}

Result<std::uint64_t> read_uint64(const Json::Number& number) {
  std::uint64_t value = 0;
  const char* end = number.text.data() + number.text.size();
  const auto [stop, code] = std::from_chars(number.text.data(), end, value);
  if (code != std::errc() || stop != end) {
    return Error(errors::kMalformed, "must be a whole number from 0 to 2^64-1, not " + number.text);
  }
  return value;
}

namespace {

// Whether a number that from_chars calls out of range is too small rather than too large.
bool is_underflow(std::string_view text) {
  const std::size_t e = text.find_first_of("eE");
  if (e != std::string_view::npos) return text.substr(e + 1).starts_with('-');
  return text.starts_with("0.") || text.starts_with("-0.");
}

}  // namespace

Result<double> read_double(const Json::Number& number) {
  double value = 0;
  const char* end = number.text.data() + number.text.size();
  const auto [stop, code] = std::from_chars(number.text.data(), end, value);
  // RFC 8785 wants the nearest double, which is zero here.
  if (code == std::errc::result_out_of_range && is_underflow(number.text)) return 0.0;
  if (code != std::errc() || stop != end || !std::isfinite(value)) {
    return Error(errors::kMalformed, "is no finite number: " + number.text);
  }
  return value;
}

Result<std::int64_t> read_decimal(std::string_view text, int decimals) {
  const auto refuse = [&](std::string_view why) {
    return Error(errors::kMalformed, std::string(why) + ": " + std::string(text.substr(0, 40)));
  };
  const std::string_view whole_text = text;
  bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  const auto digits = [](std::string_view part) {
    return std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
  };
  if (whole.empty() || !digits(whole) || !digits(fraction) ||
      (point != std::string_view::npos && fraction.empty())) {
    return refuse("must be a plain decimal number without exponent, not");
  }
  std::string_view significant = fraction;
  while (significant.ends_with('0')) significant.remove_suffix(1);
  if (significant.size() > static_cast<std::size_t>(decimals)) {
    return refuse("may have at most " + std::to_string(decimals) + " decimals, not");
  }
  std::string scaled = (negative ? "-" : "") + std::string(whole) + std::string(significant);
  scaled.append(static_cast<std::size_t>(decimals) - significant.size(), '0');
  auto value = read_int64({scaled});
  if (!value.ok())
    return Error(errors::kMalformed, "is out of range: " + std::string(whole_text.substr(0, 40)));
  return value;
}

std::string write_decimal(std::int64_t scaled, int decimals) {
  const bool negative = scaled < 0;
  const std::uint64_t magnitude =
      negative ? 0 - static_cast<std::uint64_t>(scaled) : static_cast<std::uint64_t>(scaled);
  std::string digits = std::to_string(magnitude);
  const auto places = static_cast<std::size_t>(decimals);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  std::string fraction = digits.substr(digits.size() - places);
  digits.resize(digits.size() - places);
  while (fraction.ends_with('0')) fraction.pop_back();
  if (!fraction.empty()) digits += '.' + fraction;
  return (negative ? "-" : "") + digits;
}

}  // namespace icn::codec
