#pragma once

#include <vector>

#include "http/route.h"
#include "registry/services.h"

namespace icn::registry {

// One Route per row of routes.def, in its order.
std::vector<http::Route> routes(Services& services);

}  // namespace icn::registry
