#include "http/input.h"

#include <algorithm>

#include "http/errors.h"

namespace icn::http {
namespace {

std::string media_type(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return type;
}

// A page of another origin can send forms and plain text without asking first; JSON it cannot.
Result<void> check_content_type(const Request& request) {
  const auto header = request.headers.find("content-type");
  if (!header) {
    if (!request.headers.find("origin")) return {};
    return Error(kWrongContentType, "content-type must be application/json; none was sent");
  }
  const std::string type = media_type(*header);
  if (type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"))) return {};
  return Error(kWrongContentType, "content-type must be application/json, not " + type.substr(0, 60));
}

}  // namespace

Result<InputSource> InputSource::of(const Request& request) {
  InputSource source;
  source.request_ = &request;
  const bool takes_query =
      request.method == Method::kGet || request.method == Method::kHead || request.method == Method::kDelete;
  if (takes_query) source.query_ = request.query_parameters();
  if (takes_query || request.body.empty()) {
    source.body_ = codec::Json(codec::Json::Object{});
    return source;
  }
  ICN_TRY(check_content_type(request));
  auto body = codec::parse_json(as_text(request.body), {.bytes_max = request.body.size()});
  if (!body.ok()) return body.error().within("body");
  if (body->object() == nullptr)
    return Error(errors::kMalformed, "the body must be a JSON object, not " + std::string(body->kind()));
  source.body_ = std::move(body).value();
  return source;
}

const std::string* InputSource::text(std::string_view name) const {
  if (const std::string* value = find_parameter(request_->path_parameters, name)) return value;
  return find_parameter(query_, name);
}

void InputFailures::add(std::string_view field, std::string_view what) {
  if (++count_ > 8) return;
  if (!text_.empty()) text_ += "; ";
  text_.append(field).append(": ").append(what);
}

Error InputFailures::error() const {
  return Error(errors::kMalformed,
               count_ > 8 ? text_ + "; and " + std::to_string(count_ - 8) + " more" : text_);
}

std::vector<std::string> split_commas(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t end = std::min(text.find(',', from), text.size());
    parts.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return parts;
}

void refuse_unknown(const codec::Json& body, const std::vector<std::string_view>& known,
                    InputFailures& failures) {
  for (const auto& [name, value] : *body.object()) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      failures.add(name.substr(0, 60), "is not known");
  }
}

}  // namespace icn::http
