#include "node/listening.h"

#include "base/assert.h"
#include "node/bounds.h"
#include "node/open_files.h"

namespace icn::node {

http::ServerOptions server_options(const config::Settings& settings, Log& log) {
  const auto address = config::parse_listen_address(settings.http_listen_addr);
  ICN_ASSERT(address.has_value());
  http::ServerOptions options;
  options.address = address->host;
  options.port = address->port;
  options.threads = thread_count(settings);
  if (!settings.tls_cert.empty()) options.tls = http::TlsFiles{settings.tls_cert, settings.tls_key};
  options.is_public_without_tls_allowed = settings.http_allow_public_without_tls;
  options.connections_max = allow_connections(settings.http_connections_max, log);
  options.connections_per_address_max = settings.http_connections_per_address_max;
  options.header_timeout_ms = static_cast<std::uint32_t>(settings.http_header_timeout_ms);
  options.idle_timeout_ms = static_cast<std::uint32_t>(settings.http_idle_timeout_ms);
  return options;
}

std::vector<telemetry::Family> connection_families(const http::Server* server) {
  const auto open = server != nullptr ? static_cast<double>(server->connection_count()) : 0;
  return {{telemetry::Metric::process_open_connections, {{{}, open, {}}}}};
}

}  // namespace icn::node
