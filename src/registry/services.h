#pragma once

#include <tuple>
#include <type_traits>

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
Context& service(Services& services) {
  auto& [system, ledger, identity, economics, dag, credentials, mesh, network, federation, governance,
         reputation] = services;
  if constexpr (std::is_same_v<Context, federation::ReadApi>) {
    return federation;
  } else {
    return std::get<Context&>(std::tie(system, ledger, identity, economics, dag, credentials, mesh, network,
                                       federation, governance, reputation));
  }
}

}  // namespace icn::registry
