#include "http/server.h"

#include <openssl/ssl.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <thread>

#include "http/errors.h"
#include "http/io_thread.h"

namespace icn::http {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

Result<std::unique_ptr<asio::ssl::context>> make_tls(const TlsFiles& files) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_3_VERSION);
  error_code error;
  context->use_certificate_chain_file(files.certificate_chain, error);
  if (error) return Error(kTlsFiles, files.certificate_chain + ": " + error.message());
  context->use_private_key_file(files.private_key, asio::ssl::context::pem, error);
  if (error) return Error(kTlsFiles, files.private_key + ": " + error.message());
  if (SSL_CTX_check_private_key(context->native_handle()) != 1)
    return Error(kTlsFiles, files.private_key + ": does not belong to the certificate");
  return context;
}

}  // namespace

class Server::Impl {
 public:
  explicit Impl(const ServerOptions& options) : shared(options) {}

  ServerShared shared;
  std::vector<std::shared_ptr<IoThread>> threads;
  std::vector<Executor*> executors;
  std::uint16_t port = 0;
  bool is_stopped = false;

  Result<void> listen(const asio::ip::address& address) {
    std::size_t count = shared.options.threads;
    if (count == 0) count = std::max(1u, std::thread::hardware_concurrency());
    asio::ip::tcp::endpoint endpoint(address, shared.options.port);
    for (std::size_t i = 0; i < count; ++i) {
      threads.push_back(std::make_shared<IoThread>(shared, i));
      executors.push_back(threads.back().get());
      ICN_TRY_ASSIGN(bound, threads.back()->listen(endpoint));
      endpoint = bound;
    }
    port = endpoint.port();
    for (const auto& thread : threads) thread->start();
    return {};
  }

  std::size_t stop(std::chrono::milliseconds deadline) {
    if (is_stopped) return 0;
    is_stopped = true;
    const auto end = std::chrono::steady_clock::now() + deadline;
    for (const auto& thread : threads) thread->drain();
    while (shared.connections > 0 && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    std::size_t cut = 0;
    for (const auto& thread : threads) cut += thread->finish();
    return cut;
  }
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() {
  if (impl_) impl_->stop(std::chrono::milliseconds(0));
}

Result<void> Server::check_address(const std::string& address, std::uint16_t port) {
  if (port == 0) return {};
  error_code error;
  const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(address, error), port);
  if (error) return Error(kListenFailed, address + " is not an IP address");
  asio::io_context context;
  asio::ip::tcp::acceptor alone(context);
  alone.open(endpoint.protocol(), error);
  if (!error) alone.set_option(asio::ip::tcp::acceptor::reuse_address(true), error);
  if (!error) alone.bind(endpoint, error);
  if (!error) return {};
  const bool is_busy = error == asio::error::address_in_use;
  return Error(kListenFailed, "cannot listen on " + address + ":" + std::to_string(port) + ": " +
                                  error.message() +
                                  (is_busy ? "; stop what listens there or set http_listen_addr" : ""));
}

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, const Dispatcher& dispatcher,
                                              std::shared_ptr<Log> log) {
  error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error) return Error(kListenFailed, options.address + " is not an IP address");
  if (!address.is_loopback() && !options.tls && !options.is_public_without_tls_allowed)
    return Error(kPublicWithoutTls, options.address +
                                        " can be reached from outside: set a TLS certificate, or " +
                                        "allow it without TLS explicitly");
  ICN_TRY(check_address(options.address, options.port));
  auto impl = std::make_unique<Impl>(options);
  impl->shared.dispatcher = &dispatcher;
  impl->shared.log = std::move(log);
  if (options.tls) {
    ICN_TRY_ASSIGN(tls, make_tls(*options.tls));
    impl->shared.tls = std::move(tls);
  }
  ICN_TRY(impl->listen(address));
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::uint16_t Server::port() const { return impl_->port; }
const std::vector<Executor*>& Server::executors() const { return impl_->executors; }
std::size_t Server::connection_count() const { return impl_->shared.connections; }
std::size_t Server::stop(std::chrono::milliseconds deadline) { return impl_->stop(deadline); }

}  // namespace icn::http
