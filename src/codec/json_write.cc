#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>

#include "codec/json.h"
#include "codec/json_text.h"

namespace icn::codec {
namespace {

// ECMAScript Number::toString (ECMA-262, 6.1.6.1.20) of the shortest digits that read back equal.
std::string ecmascript_number(double value) {
  if (value == 0) return "0";
  std::array<char, 64> buffer{};
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                     std::chars_format::scientific);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(written.ptr - buffer.data()));
  const std::size_t e = text.find('e');
  std::string digits(text.substr(0, e));
  std::erase(digits, '.');
  int exponent = 0;
  const std::string_view exponent_text = text.substr(e + (text[e + 1] == '+' ? 2 : 1));
  std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);

  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // the decimal point stands after this many digits
  std::string out;
  if (count <= point && point <= 21) {
    out = digits + std::string(static_cast<std::size_t>(point - count), '0');
  } else if (0 < point && point <= 21) {
    out = digits.substr(0, static_cast<std::size_t>(point)) + "." +
          digits.substr(static_cast<std::size_t>(point));
  } else if (-6 < point && point <= 0) {
    out = "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  } else {
    out = digits.substr(0, 1) + (count > 1 ? "." + digits.substr(1) : "") + "e" + (exponent > 0 ? "+" : "") +
          std::to_string(exponent);
  }
  return value < 0 ? "-" + out : out;
}

void append_canonical_number(std::string& out, const Json::Number& number) {
  // Up to 15 digits without point or exponent are exact and already canonical, but for "-0".
  const bool plain = number.text.size() <= 15 && number.text.find_first_of(".eE-") == std::string::npos;
  if (plain) {
    out += number.text;
    return;
  }
  auto value = read_double(number);
  ICN_ASSERT(value.ok());
  out += ecmascript_number(*value);
}

// Order of UTF-16 code units. Bytewise UTF-8 order differs only where surrogates meet U+E000..U+FFFF.
bool utf16_less(std::string_view left, std::string_view right) {
  const auto mismatch = std::ranges::mismatch(left, right);
  if (mismatch.in1 == left.end() || mismatch.in2 == right.end()) return left.size() < right.size();
  const auto a = static_cast<unsigned char>(*mismatch.in1);
  const auto b = static_cast<unsigned char>(*mismatch.in2);
  const bool a_pair = a >= 0xf0;
  const bool b_pair = b >= 0xf0;
  if (a_pair && (b == 0xee || b == 0xef)) return true;
  if (b_pair && (a == 0xee || a == 0xef)) return false;
  return a < b;
}

enum class Style { kCompact, kCanonical, kPretty };

class Writer {
 public:
  explicit Writer(Style style) : style_(style) { out.reserve(kUsualBytes); }

  void write(const Json& value, int depth) {
    if (const auto* members = value.object()) {
      write_object(*members, depth);
    } else if (const auto* items = value.array()) {
      write_array(*items, depth);
    } else if (const auto* text = value.string()) {
      append_json_string(out, *text);
    } else if (const auto* number = value.number()) {
      if (style_ == Style::kCanonical)
        append_canonical_number(out, *number);
      else
        out += number->text;
    } else if (const auto* boolean = value.boolean()) {
      out += *boolean ? "true" : "false";
    } else {
      out += "null";
    }
  }

  std::string out;

 private:
  static constexpr std::size_t kUsualBytes = 512;  // of a signed transaction

  void new_line(int depth) {
    if (style_ != Style::kPretty) return;
    out += '\n';
    out.append(static_cast<std::size_t>(depth) * 2, ' ');
  }

  void write_member(const Json::Member& member, int depth) {
    append_json_string(out, member.first);
    out += style_ == Style::kPretty ? ": " : ":";
    write(member.second, depth);
  }

  void write_object(const Json::Object& members, int depth) {
    // What came as canonical text is in order already.
    if (style_ != Style::kCanonical || std::ranges::is_sorted(members, utf16_less, &Json::Member::first))
      return write_members(members, depth, std::identity());
    std::vector<const Json::Member*> order;
    order.reserve(members.size());
    for (const auto& member : members) order.push_back(&member);
    std::ranges::sort(order, [](const auto* a, const auto* b) { return utf16_less(a->first, b->first); });
    write_members(order, depth, [](const Json::Member* each) -> const Json::Member& { return *each; });
  }

  void write_members(const auto& members, int depth, auto member_of) {
    out += '{';
    bool is_first = true;
    for (const auto& each : members) {
      if (!std::exchange(is_first, false)) out += ',';
      new_line(depth + 1);
      write_member(member_of(each), depth + 1);
    }
    if (!is_first) new_line(depth);
    out += '}';
  }

  void write_array(const Json::Array& items, int depth) {
    out += '[';
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) out += ',';
      new_line(depth + 1);
      write(items[i], depth + 1);
    }
    if (!items.empty()) new_line(depth);
    out += ']';
  }

  Style style_;
};

std::string write_styled(const Json& value, Style style) {
  Writer writer(style);
  writer.write(value, 0);
  return std::move(writer.out);
}

}  // namespace

namespace {

void append_json_escape(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kControls = "\b\t\n\f\r";
  constexpr std::string_view kLetters = "btnfr";
  const auto byte = static_cast<unsigned char>(c);
  const std::size_t known = kControls.find(c);
  out += '\\';
  if (byte >= 0x20) {
    out += c;
  } else if (known != std::string_view::npos) {
    out += kLetters[known];
  } else {
    out.append("u00").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t written = 0;
  while (true) {
    const std::size_t plain = plain_json_size(text.substr(written));
    if (written + plain == text.size()) break;
    out.append(text, written, plain);
    append_json_escape(out, text[written + plain]);
    written += plain + 1;
  }
  out.append(text, written);
  out += '"';
}

std::string canonical_json(const Json& value) { return write_styled(value, Style::kCanonical); }
std::string write_json(const Json& value) { return write_styled(value, Style::kCompact); }
std::string write_json_pretty(const Json& value) { return write_styled(value, Style::kPretty); }

}  // namespace icn::codec
