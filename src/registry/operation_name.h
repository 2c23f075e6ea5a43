#pragma once

#include <string_view>

namespace icn::registry {

// "system::api::GetInfo" is the operation GetInfo.
constexpr std::string_view operation_name(std::string_view handler) {
  return handler.substr(handler.rfind(':') + 1);
}

}  // namespace icn::registry
