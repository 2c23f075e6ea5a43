#include <algorithm>
#include <array>

#include "base/errors.h"
#include "codec/json.h"
#include "codec/json_text.h"

namespace icn::codec {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_code_point(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 63));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 63));
    put(0x80 | (code & 63));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 63));
    put(0x80 | (code >> 6 & 63));
    put(0x80 | (code & 63));
  }
}

class Parser {
 public:
  Parser(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {}

  Result<Json> document() {
    skip_space();
    ICN_TRY_ASSIGN(value, parse_value(0));
    skip_space();
    if (at_ != text_.size()) return refuse("unexpected text after the JSON value");
    return std::move(value);
  }

 private:
  static constexpr std::size_t kUsualMembers = 8;  // of a signed transaction

  Error refuse(std::string_view why) const {
    return Error(errors::kMalformed, "JSON: " + std::string(why) + " at byte " + std::to_string(at_));
  }

  bool more() const { return at_ < text_.size(); }
  char peek() const { return more() ? text_[at_] : '\0'; }

  bool take(char wanted) {
    if (!more() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  void skip_space() {
    while (more() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
      ++at_;
  }

  Result<Json> parse_value(std::size_t depth) {
    if (++values_ > limits_.values_max) {
      return Error(errors::kTooLarge, "JSON: more than " + std::to_string(limits_.values_max) + " values");
    }
    if (depth > limits_.depth_max) {
      return Error(errors::kTooLarge, "JSON: nested deeper than " + std::to_string(limits_.depth_max));
    }
    switch (peek()) {
      case '{':
        return parse_object(depth);
      case '[':
        return parse_array(depth);
      case '"': {
        ICN_TRY_ASSIGN(text, parse_string());
        return Json(std::move(text));
      }
      case 't':
        return parse_word("true", Json(true));
      case 'f':
        return parse_word("false", Json(false));
      case 'n':
        return parse_word("null", Json());
      default:
        return parse_number();
    }
  }

  Result<Json> parse_word(std::string_view word, Json value) {
    if (text_.substr(at_, word.size()) != word) return refuse("expected a value");
    at_ += word.size();
    return value;
  }

  Result<Json> parse_object(std::size_t depth) {
    ++at_;
    Json::Object members;
    skip_space();
    if (take('}')) return Json(std::move(members));
    members.reserve(kUsualMembers);
    while (true) {
      skip_space();
      if (peek() != '"') return refuse("expected a member name in quotes");
      ICN_TRY_ASSIGN(name, parse_string());
      skip_space();
      if (!take(':')) return refuse("expected ':'");
      skip_space();
      ICN_TRY_ASSIGN(value, parse_value(depth + 1));
      members.emplace_back(std::move(name), std::move(value));
      skip_space();
      if (take(',')) continue;
      if (!take('}')) return refuse("expected ',' or '}'");
      ICN_TRY(check_unique(members));
      return Json(std::move(members));
    }
  }

  Result<void> check_unique(const Json::Object& members) const {
    const auto duplicate = [&](const std::string& name) {
      return Error(errors::kMalformed,
                   "JSON: the name \"" + name.substr(0, 60) + "\" stands twice in one object");
    };
    if (members.size() <= 16) {
      for (std::size_t i = 1; i < members.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
          if (members[i].first == members[j].first) return duplicate(members[i].first);
        }
      }
      return {};
    }
    std::vector<const std::string*> names;
    names.reserve(members.size());
    for (const auto& member : members) names.push_back(&member.first);
    std::ranges::sort(names, [](const auto* a, const auto* b) { return *a < *b; });
    const auto found =
        std::ranges::adjacent_find(names, [](const auto* a, const auto* b) { return *a == *b; });
    if (found != names.end()) return duplicate(**found);
    return {};
  }

  Result<Json> parse_array(std::size_t depth) {
    ++at_;
    Json::Array items;
    skip_space();
    if (take(']')) return Json(std::move(items));
    while (true) {
      skip_space();
      ICN_TRY_ASSIGN(value, parse_value(depth + 1));
      items.push_back(std::move(value));
      skip_space();
      if (take(',')) continue;
      if (!take(']')) return refuse("expected ',' or ']'");
      return Json(std::move(items));
    }
  }

  Result<Json> parse_number() {
    const std::size_t start = at_;
    take('-');
    if (!take('0')) {
      if (!is_digit(peek())) return refuse("expected a value");
      while (is_digit(peek())) ++at_;
    }
    if (take('.')) {
      if (!is_digit(peek())) return refuse("expected a digit after the decimal point");
      while (is_digit(peek())) ++at_;
    }
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (!is_digit(peek())) return refuse("expected a digit in the exponent");
      while (is_digit(peek())) ++at_;
    }
    Json::Number number{std::string(text_.substr(start, at_ - start))};
    // Short plain integers are doubles for certain; everything else is tried.
    if (number.text.size() > 15 || number.text.find_first_of("eE") != std::string::npos) {
      auto value = read_double(number);
      if (!value.ok()) return refuse("a number is too large");
    }
    return Json(std::move(number));
  }

  Result<std::string> parse_string() {
    ++at_;
    std::string out;
    while (true) {
      const std::size_t start = at_;
      at_ += plain_json_size(text_.substr(at_));
      out.append(text_, start, at_ - start);
      if (!more()) return refuse("unterminated string");
      if (take('"')) break;
      if (text_[at_] != '\\') return refuse("control character in a string");
      ++at_;
      ICN_TRY(parse_escape(out));
    }
    return out;
  }

  Result<void> parse_escape(std::string& out) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const char letter = peek();
    const std::size_t known = kLetters.find(letter);
    if (more() && known != std::string_view::npos) {
      out += kMeanings[known];
      ++at_;
      return {};
    }
    if (!take('u')) return refuse("unknown escape in a string");
    ICN_TRY_ASSIGN(code, parse_hex4());
    if (code >= 0xdc00 && code < 0xe000) return refuse("lone low surrogate in a string");
    if (code >= 0xd800 && code < 0xdc00) {
      if (!take('\\') || !take('u')) return refuse("lone high surrogate in a string");
      ICN_TRY_ASSIGN(low, parse_hex4());
      if (low < 0xdc00 || low >= 0xe000) return refuse("lone high surrogate in a string");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    append_code_point(out, code);
    return {};
  }

  Result<std::uint32_t> parse_hex4() {
    std::uint32_t code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = peek();
      std::uint32_t digit = 0;
      if (is_digit(c)) {
        digit = static_cast<std::uint32_t>(c - '0');
      } else if ((c | 32) >= 'a' && (c | 32) <= 'f') {
        digit = static_cast<std::uint32_t>((c | 32) - 'a' + 10);
      } else {
        return refuse("expected four hex digits after \\u");
      }
      code = code << 4 | digit;
    }
    return code;
  }

  std::string_view text_;
  const JsonLimits& limits_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
};

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes_max) {
    return Error(errors::kTooLarge, "JSON: more than " + std::to_string(limits.bytes_max) + " bytes");
  }
  if (!is_utf8(text)) return Error(errors::kMalformed, "JSON: the text is not valid UTF-8");
  return Parser(text, limits).document();
}

}  // namespace icn::codec
