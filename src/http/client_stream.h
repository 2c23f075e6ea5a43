#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/web_url.h"

namespace icn::http {

struct ClientAddress {
  std::string host;
  std::string port;
  bool is_tls = false;
  // What its name may resolve to; other addresses are passed over. Looked at here, where the connection is
  // made: a name cannot resolve to something else after it was checked.
  Reach reach = Reach::kAnywhere;
};

struct ClientTls {
  bool is_certificate_checked = true;
  std::string ca_file;
};

// A blocking TCP or TLS connection with a limit on silence. Closed by the destructor.
class ClientStream {
 public:
  // Errors: kUnreachable, kTimedOut, kTlsFiles.
  static Result<std::unique_ptr<ClientStream>> connect(const ClientAddress& address, const ClientTls& tls,
                                                       std::uint32_t connect_timeout_ms);
  virtual ~ClientStream() = default;
  // Some bytes, at least one; empty text: the server has closed. Valid until the next call.
  virtual Result<std::string_view> read(std::uint32_t timeout_ms) = 0;
  virtual Result<void> write(std::string_view bytes, std::uint32_t timeout_ms) = 0;
  // Nothing has come that was not read, nor the end: fit for one more request.
  virtual bool is_quiet() const = 0;
  // While it is true, every wait ends with kUnreachable; null: none does.
  virtual void set_cut(const std::atomic<bool>* is_cut) = 0;
};

}  // namespace icn::http
