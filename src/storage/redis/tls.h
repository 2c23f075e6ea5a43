#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

// Inside this folder only.
namespace icn::storage::redis {

struct TlsFiles {
  std::string ca_file;      // empty: the system's certificates
  std::string certificate;  // empty: the server is shown none
  std::string private_key;  // of that certificate
};

// Whom connections trust and as whom they show themselves; read once. Thread: any, once it is loaded.
class TlsIdentity {
 public:
  // malformed: a file that cannot be read, or a key that does not belong to its certificate; names the file.
  static Result<std::shared_ptr<const TlsIdentity>> load(const TlsFiles& files);
  SSL_CTX* context() const { return context_.get(); }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const;
  };
  std::unique_ptr<SSL_CTX, Free> context_;
};

// A client's side of TLS 1.2 or 1.3 without a socket: the caller carries what comes and what goes. The
// certificate of the server must be trusted and of `host`, a name or an address. Thread: one at a time.
class TlsSession {
 public:
  TlsSession(std::shared_ptr<const TlsIdentity> identity, const std::string& host);

  // Bytes that came from the server.
  void received(std::string_view bytes);
  // Goes on with the handshake; true: it is done. storage_io: the server is refused, or refuses.
  Result<bool> shake_hands();
  Result<void> write(std::string_view plain);
  // What of the bytes received is whole by now; the end of the session is no error here.
  Result<std::string> read();
  // Bytes that must go to the server.
  std::string to_send();

 private:
  struct Free {
    void operator()(SSL* session) const;
  };
  Error failure(int result) const;

  std::shared_ptr<const TlsIdentity> identity_;
  std::unique_ptr<SSL, Free> session_;
};

}  // namespace icn::storage::redis
