#pragma once

#include "base/log.h"
#include "config/settings.h"
#include "http/server.h"
#include "telemetry/metrics.h"

namespace icn::node {

// The server as the settings want it, as far as this process may open sockets. They are valid.
http::ServerOptions server_options(const config::Settings& settings, Log& log);

// icn_process_open_connections of a server, which may be none yet.
std::vector<telemetry::Family> connection_families(const http::Server* server);

}  // namespace icn::node
