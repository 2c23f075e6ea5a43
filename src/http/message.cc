#include "http/message.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "http/errors.h"

namespace icn::http {
namespace {

constexpr std::array<std::string_view, 7> kMethodNames{"GET",   "HEAD",   "POST",   "PUT",
                                                       "PATCH", "DELETE", "OPTIONS"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool equal_without_case(std::string_view left, std::string_view right) {
  return left.size() == right.size() && std::equal(left.begin(), left.end(), right.begin(),
                                                   [](char a, char b) { return lower(a) == lower(b); });
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string_view method_name(Method method) {
  const auto index = static_cast<std::size_t>(method);
  return index < kMethodNames.size() ? kMethodNames[index] : "OTHER";
}

Method method_named(std::string_view name) {
  const auto* found = std::find(kMethodNames.begin(), kMethodNames.end(), name);
  return static_cast<Method>(found - kMethodNames.begin());
}

void Headers::add(std::string_view name, std::string_view value) {
  const auto at = static_cast<std::uint32_t>(text_.size());
  const auto name_size = static_cast<std::uint32_t>(name.size());
  entries_.push_back({at, name_size, at + name_size, static_cast<std::uint32_t>(value.size())});
  text_.append(name).append(value);
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (equal_without_case(text(entry.name_at, entry.name_size), name))
      return text(entry.value_at, entry.value_size);
  }
  return std::nullopt;
}

std::vector<std::string_view> Headers::find_all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const Entry& entry : entries_) {
    if (equal_without_case(text(entry.name_at, entry.name_size), name))
      values.push_back(text(entry.value_at, entry.value_size));
  }
  return values;
}

std::pair<std::string_view, std::string_view> Headers::at(std::size_t index) const {
  ICN_ASSERT(index < entries_.size());
  const Entry& entry = entries_[index];
  return {text(entry.name_at, entry.name_size), text(entry.value_at, entry.value_size)};
}

void Headers::clear() {
  text_.clear();
  entries_.clear();
}

const std::string* find_parameter(const Parameters& parameters, std::string_view name) {
  for (const auto& [each, value] : parameters) {
    if (each == name) return &value;
  }
  return nullptr;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

bool Request::set_target(std::string_view text) {
  if (text.empty() || text.front() != '/') return false;
  target = text;
  const auto question = text.find('?');
  path = text.substr(0, question);
  query = question == std::string_view::npos ? std::string_view() : text.substr(question + 1);
  return true;
}

Parameters Request::query_parameters() const {
  Parameters parameters;
  std::string_view rest = query;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const std::string_view name = pair.substr(0, equals);
    const std::string_view value = equals < pair.size() ? pair.substr(equals + 1) : std::string_view();
    parameters.emplace_back(percent_decode(name, true).value_or(std::string(name)),
                            percent_decode(value, true).value_or(std::string(value)));
  }
  return parameters;
}

std::optional<std::string> Request::query_parameter(std::string_view name) const {
  if (query.find(name) == std::string::npos) return std::nullopt;
  const Parameters parameters = query_parameters();
  const std::string* value = find_parameter(parameters, name);
  return value ? std::optional(*value) : std::nullopt;
}

namespace {

Response make_response(int status, std::string_view content_type, Response::Body body) {
  Response response;
  response.status = status;
  response.content_type = content_type;
  response.body = std::move(body);
  return response;
}

}  // namespace

Response Response::json(std::string text, int status) {
  return make_response(status, "application/json", std::move(text));
}

Response Response::text(std::string text, int status) {
  return make_response(status, "text/plain; charset=utf-8", std::move(text));
}

Response Response::bytes(std::string_view content_type, Bytes body) {
  return make_response(200, content_type, to_text(body));
}

Response Response::cached(std::string_view content_type, std::shared_ptr<const std::string> body) {
  return make_response(200, content_type, std::move(body));
}

Response Response::stream(std::string_view content_type, StreamedBody body) {
  return make_response(200, content_type, std::move(body));
}

Response Response::live(std::string_view content_type, std::shared_ptr<LiveBody> body) {
  return make_response(200, content_type, std::move(body));
}

std::string_view Response::body_text() const {
  if (const auto* text = std::get_if<std::string>(&body)) return *text;
  if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&body)) return **shared;
  return {};
}

}  // namespace icn::http
