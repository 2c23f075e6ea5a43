#pragma once

#include "base/log.h"
#include "config/settings.h"
#include "http/server.h"

namespace icn::node {

// The server as the settings want it, as far as this process may open sockets. They are valid.
http::ServerOptions server_options(const config::Settings& settings, Log& log);

}  // namespace icn::node
