#pragma once

#include "credentials/api/context.h"
#include "dag/api/context.h"
#include "economics/api/context.h"
#include "federation/api/context.h"
#include "governance/api/context.h"
#include "identity/api/context.h"
#include "ledger/api/context.h"
#include "mesh/api/context.h"
#include "network/api/context.h"
#include "reputation/api/context.h"
#include "system/context.h"

namespace icn::registry {

// What the handlers of each domain work with; outlives the routes.
struct Services {
  system::Api system;
  ledger::Api ledger;
  identity::Api identity;
  economics::Api economics;
  dag::Api& dag;
  credentials::Api credentials;
  mesh::Api mesh;
  network::Api network;
  federation::Api federation;
  governance::Api governance;
  reputation::Api reputation;
};

// The context a handler asks for by the type of its first parameter.
template <typename Context>
Context& service(Services& services);

template <>
inline system::Api& service(Services& services) {
  return services.system;
}
template <>
inline ledger::Api& service(Services& services) {
  return services.ledger;
}
template <>
inline identity::Api& service(Services& services) {
  return services.identity;
}

template <>
inline economics::Api& service(Services& services) {
  return services.economics;
}

template <>
inline dag::Api& service(Services& services) {
  return services.dag;
}
template <>
inline credentials::Api& service(Services& services) {
  return services.credentials;
}
template <>
inline mesh::Api& service(Services& services) {
  return services.mesh;
}
template <>
inline network::Api& service(Services& services) {
  return services.network;
}

template <>
inline governance::Api& service(Services& services) {
  return services.governance;
}

template <>
inline reputation::Api& service(Services& services) {
  return services.reputation;
}
template <>
inline federation::Api& service(Services& services) {
  return services.federation;
}

}  // namespace icn::registry
