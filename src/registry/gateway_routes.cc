#include "registry/gateway_routes.h"

#include "registry/all_handlers.h"
#include "registry/operation_name.h"

namespace icn::registry {

template <typename Context>
Context& service(GatewayServices& services);

template <>
inline system::Api& service(GatewayServices& services) {
  return services.system;
}
template <>
inline ledger::Api& service(GatewayServices& services) {
  return services.ledger;
}
template <>
inline identity::Api& service(GatewayServices& services) {
  return services.identity;
}
template <>
inline economics::Api& service(GatewayServices& services) {
  return services.economics;
}
template <>
inline dag::Api& service(GatewayServices& services) {
  return services.dag;
}
template <>
inline credentials::Api& service(GatewayServices& services) {
  return services.credentials;
}
template <>
inline mesh::Api& service(GatewayServices& services) {
  return services.mesh;
}
template <>
inline governance::Api& service(GatewayServices& services) {
  return services.governance;
}
template <>
inline reputation::Api& service(GatewayServices& services) {
  return services.reputation;
}

template <>
inline federation::ReadApi& service(GatewayServices& services) {
  return services.federation;
}

namespace {

enum class AnsweredHere { kNever, kAlone, kAlways };
template <typename Handler>
inline constexpr AnsweredHere kAnsweredHere = AnsweredHere::kNever;
#define GATEWAY_READ(handler) \
  template <>                 \
  inline constexpr AnsweredHere kAnsweredHere<handler> = AnsweredHere::kAlways;
#define GATEWAY_READ_ALONE(handler) \
  template <>                       \
  inline constexpr AnsweredHere kAnsweredHere<handler> = AnsweredHere::kAlone;
#include "registry/gateway_reads.def"
#undef GATEWAY_READ
#undef GATEWAY_READ_ALONE

template <typename Handler>
http::Route route_of(const http::RouteRow& row, [[maybe_unused]] GatewayServices& services) {
  if constexpr (kAnsweredHere<Handler> != AnsweredHere::kNever) {
    http::Route route = http::make_route<Handler>(row, services);
    route.is_answered_alone = kAnsweredHere<Handler> == AnsweredHere::kAlone;
    route.is_forwarded = route.is_answered_alone;
    return route;
  } else {
    http::Route route = http::route_of<Handler>(row);
    route.is_forwarded = true;
    // The dispatcher passes the request on before either is called; which one is set says how the body comes.
    if constexpr (decltype(http::takes_upload(&Handler::handle))::value) {
      route.open_upload = [](http::Exchange&) -> Result<std::unique_ptr<http::UploadSession>> {
        return Error(errors::kInternal);
      };
    } else {
      route.handle = [](const http::ExchangePtr& exchange) { exchange->reply(Error(errors::kInternal)); };
    }
    return route;
  }
}

}  // namespace

std::vector<http::Route> gateway_routes(GatewayServices& services) {
  std::vector<http::Route> out;
#define ROUTE(method, path, access, body_bytes_max, handler)                                        \
  out.push_back(route_of<handler>(                                                                  \
      {http::Method::method, path, http::Access::access, body_bytes_max, operation_name(#handler)}, \
      services));
#include "registry/routes.def"
#undef ROUTE
  name_root_group(out);
  return out;
}

}  // namespace icn::registry
