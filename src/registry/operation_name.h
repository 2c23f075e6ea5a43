#pragma once

#include <string_view>
#include <vector>

#include "http/route.h"

namespace icn::registry {

// "system::api::GetInfo" is the operation GetInfo.
constexpr std::string_view operation_name(std::string_view handler) {
  return handler.substr(handler.rfind(':') + 1);
}

// The group of a route is the first part of its path, which "/" does not have.
inline void name_root_group(std::vector<http::Route>& routes) {
  for (http::Route& route : routes) {
    if (route.path == "/") route.group = "system";
  }
}

}  // namespace icn::registry
