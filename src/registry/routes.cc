#include "registry/routes.h"

#include "registry/all_handlers.h"
#include "registry/event_types.h"
#include "registry/operation_name.h"

namespace icn::registry {

std::vector<http::Route> routes(Services& services) {
  services.system.event_types = event_types();
  std::vector<http::Route> out;
#define ROUTE(method, path, access, body_bytes_max, handler)                                        \
  out.push_back(http::make_route<handler>(                                                          \
      {http::Method::method, path, http::Access::access, body_bytes_max, operation_name(#handler)}, \
      services));
#include "registry/routes.def"
#undef ROUTE
  name_root_group(out);
  return out;
}

}  // namespace icn::registry
