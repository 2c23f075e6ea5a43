#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/values.h"
#include "http/message.h"

// Fills a described struct from a request: path parameters first, then the query (GET, HEAD, DELETE) or
// the JSON body. The error names every wrong field, eight at most.
namespace icn::http {

// Where the fields of one input come from. Borrows the request.
class InputSource {
 public:
  // Malformed: the body is no JSON object, or not sent as application/json.
  static Result<InputSource> of(const Request& request);

  const std::string* text(std::string_view name) const;  // path parameter or query
  const codec::Json* member(std::string_view name) const { return body_.find(name); }
  const codec::Json& body() const { return body_; }
  codec::Json take_body() { return std::move(body_); }

 private:
  const Request* request_ = nullptr;
  Parameters query_;
  codec::Json body_;
};

// "a: ...; b: ..." of all wrong fields.
class InputFailures {
 public:
  void add(std::string_view field, std::string_view what);
  bool empty() const { return count_ == 0; }
  Error error() const;

 private:
  std::string text_;
  std::size_t count_ = 0;
};

std::vector<std::string> split_commas(const std::string& text);

// The JSON a parameter stands for: a list is written "a,b", a flag "true", "false" or nothing.
template <typename T>
codec::Json json_of_text(const std::string& text) {
  if constexpr (codec::kIsOptional<T>) {
    return json_of_text<typename T::value_type>(text);
  } else if constexpr (std::is_same_v<T, bool>) {
    if (text == "true" || text.empty()) return true;
    if (text == "false") return false;
    return text;
  } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, Millimana>) {
    return codec::Json(codec::Json::Number{text});
  } else if constexpr (requires { typename T::value_type; } && !std::is_same_v<T, std::string> &&
                       !std::is_same_v<T, Bytes>) {
    codec::Json::Array items;
    for (const std::string& each : split_commas(text))
      items.push_back(json_of_text<typename T::value_type>(each));
    return codec::Json(std::move(items));
  } else {
    return text;
  }
}

// Refuses members that no field has, each by name.
void refuse_unknown(const codec::Json& body, const std::vector<std::string_view>& known,
                    InputFailures& failures);

template <codec::Described T>
Result<T> read_input(const InputSource& source, codec::UnknownMembers unknown) {
  T out{};
  InputFailures failures;
  codec::for_each_field<T>([&](const auto& each) {
    using Member = typename std::remove_cvref_t<decltype(each)>::MemberType;
    const std::string* text = source.text(each.name);
    const codec::Json* member = text ? nullptr : source.member(each.name);
    if (text == nullptr && member == nullptr) {
      if (each.required && !codec::kIsOptional<Member>) failures.add(each.name, "is required");
      return;
    }
    auto value = text ? codec::JsonValue<Member>::read(json_of_text<Member>(*text), unknown)
                      : codec::JsonValue<Member>::read(*member, unknown);
    if (!value.ok()) return failures.add(each.name, value.error().detail());
    auto checked = codec::check_limits(*value, each.limits);
    if (!checked.ok()) return failures.add(each.name, checked.error().detail());
    out.*(each.member) = std::move(value).value();
  });
  if (unknown == codec::UnknownMembers::kRefuse) {
    std::vector<std::string_view> known;
    codec::for_each_field<T>([&](const auto& each) { known.push_back(each.name); });
    refuse_unknown(source.body(), known, failures);
  }
  if (!failures.empty()) return failures.error();
  return out;
}

// The whole JSON body, for paths that take one of several shapes.
template <typename T>
requires std::is_same_v<T, codec::Json> Result<T> read_input(const InputSource& source,
                                                             codec::UnknownMembers) {
  return source.body();
}

}  // namespace icn::http
