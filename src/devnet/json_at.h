#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/json.h"

// Reading single members of answers.
namespace icn::devnet {

// The member at "receipt.executor"; null when there is none.
inline const codec::Json* json_at(const codec::Json& json, std::string_view path) {
  const codec::Json* at = &json;
  while (at != nullptr && !path.empty()) {
    const std::size_t dot = path.find('.');
    at = at->find(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return at;
}

// Empty when there is no text there.
inline std::string text_at(const codec::Json& json, std::string_view path) {
  const codec::Json* value = json_at(json, path);
  return value == nullptr || value->string() == nullptr ? std::string() : *value->string();
}

inline std::optional<double> number_at(const codec::Json& json, std::string_view path) {
  const codec::Json* value = json_at(json, path);
  if (value == nullptr || value->number() == nullptr) return std::nullopt;
  const auto number = codec::read_double(*value->number());
  return number.ok() ? std::optional(*number) : std::nullopt;
}

}  // namespace icn::devnet
