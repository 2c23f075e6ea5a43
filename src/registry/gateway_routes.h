#pragma once

#include <vector>

#include "credentials/api/context.h"
#include "dag/api/context.h"
#include "economics/api/context.h"
#include "federation/api/context.h"
#include "governance/api/context.h"
#include "http/route.h"
#include "identity/api/context.h"
#include "ledger/api/context.h"
#include "mesh/api/context.h"
#include "reputation/api/context.h"
#include "system/context.h"

namespace icn::registry {

// What the handlers of gateway_reads.def work with; outlives the routes.
struct GatewayServices {
  system::Api system;
  ledger::Api ledger;
  identity::Api identity;
  economics::Api economics;
  dag::Api& dag;
  credentials::Api credentials;
  mesh::Api mesh;
  governance::Api governance;
  reputation::Api reputation;
  federation::ReadApi federation;
};

// The routes of a gateway: one per row of routes.def, in its order. Those of gateway_reads.def are answered
// here, some of them only while the node that writes is away; all others are forwarded: anybody may call
// them, that node decides.
std::vector<http::Route> gateway_routes(GatewayServices& services);

}  // namespace icn::registry
