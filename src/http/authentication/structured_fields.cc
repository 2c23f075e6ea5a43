#include "http/authentication/structured_fields.h"

#include <algorithm>

namespace icn::http {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }
bool is_key_char(char c) {
  return is_lower(c) || is_digit(c) || c == '_' || c == '-' || c == '.' || c == '*';
}
bool is_token_char(char c) {
  return is_letter(c) || is_digit(c) ||
         std::string_view("!#$%&'*+-.^_`|~:/").find(c) != std::string_view::npos;
}

}  // namespace

bool FieldReader::take(char expected) {
  if (rest_.empty() || rest_.front() != expected) return false;
  rest_.remove_prefix(1);
  return true;
}

void FieldReader::skip_spaces() {
  while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
}

std::optional<std::string> FieldReader::take_key() {
  if (rest_.empty() || !(is_lower(rest_.front()) || rest_.front() == '*')) return std::nullopt;
  const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_key_char);
  std::string key(rest_.begin(), end);
  rest_.remove_prefix(key.size());
  return key;
}

std::optional<std::string> FieldReader::take_string() {
  if (!take('"')) return std::nullopt;
  std::string out;
  while (!rest_.empty()) {
    char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '"') return out;
    if (c < 0x20 || c > 0x7e) return std::nullopt;
    if (c == '\\') {
      if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\\')) return std::nullopt;
      c = rest_.front();
      rest_.remove_prefix(1);
    }
    out += c;
  }
  return std::nullopt;
}

std::optional<Bytes> FieldReader::take_bytes() {
  if (!take(':')) return std::nullopt;
  const auto end = rest_.find(':');
  if (end == std::string_view::npos) return std::nullopt;
  auto bytes = base64_decode(rest_.substr(0, end));
  if (!bytes.ok()) return std::nullopt;
  rest_.remove_prefix(end + 1);
  return std::move(bytes).value();
}

std::optional<std::string> FieldReader::take_item() {
  if (rest_.empty()) return std::nullopt;
  const char first = rest_.front();
  if (first == '"') {
    const auto text = take_string();
    return text ? std::optional(quote_field_string(*text)) : std::nullopt;
  }
  if (first == ':') {
    const auto bytes = take_bytes();
    return bytes ? std::optional(':' + base64_encode(*bytes) + ':') : std::nullopt;
  }
  if (first == '?') {
    const std::string_view text = rest_.substr(0, 2);
    if (text != "?0" && text != "?1") return std::nullopt;
    rest_.remove_prefix(2);
    return std::string(text);
  }
  const bool is_number = is_digit(first) || first == '-';
  if (!is_number && !is_letter(first) && first != '*') return std::nullopt;
  const auto end = is_number ? std::find_if_not(rest_.begin() + 1, rest_.end(),
                                                [](char c) { return is_digit(c) || c == '.'; })
                             : std::find_if_not(rest_.begin(), rest_.end(), is_token_char);
  std::string item(rest_.begin(), end);
  if (item.size() > 64 || item == "-") return std::nullopt;
  rest_.remove_prefix(item.size());
  return item;
}

std::optional<std::vector<std::pair<std::string, std::string>>> FieldReader::take_parameters() {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (take(';')) {
    skip_spaces();
    auto key = take_key();
    if (!key) return std::nullopt;
    std::string value = "?1";
    if (take('=')) {
      auto item = take_item();
      if (!item) return std::nullopt;
      value = std::move(*item);
    }
    // The last of two equal keys counts (RFC 8941, 4.2.3.2), which nobody honest sends.
    for (const auto& each : parameters) {
      if (each.first == *key) return std::nullopt;
    }
    parameters.emplace_back(std::move(*key), std::move(value));
  }
  return parameters;
}

bool FieldReader::next_member() {
  const auto skip = [this] {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) rest_.remove_prefix(1);
  };
  skip();
  if (!take(',')) return false;
  skip();
  return !rest_.empty();
}

std::string quote_field_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

}  // namespace icn::http
