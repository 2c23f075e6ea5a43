#include "storage/redis/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>

#include "base/assert.h"
#include "base/errors.h"
#include "storage/errors.h"

namespace icn::storage::redis {
namespace {

constexpr std::size_t kPieceBytes = 16 * 1024;  // the largest record of TLS

std::string newest_reason() {
  const unsigned long code = ERR_peek_last_error();
  const char* const reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  return reason != nullptr ? reason : "no reason given";
}

Error unusable(const char* setting, const std::string& file) {
  return Error(errors::kMalformed, std::string(setting) + " " + file + ": " + newest_reason());
}

bool is_address(const std::string& host) {
  in6_addr ignored{};
  return ::inet_pton(AF_INET, host.c_str(), &ignored) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
}

}  // namespace

void TlsIdentity::Free::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
void TlsSession::Free::operator()(SSL* session) const { SSL_free(session); }

Result<std::shared_ptr<const TlsIdentity>> TlsIdentity::load(const TlsFiles& files) {
  auto out = std::make_shared<TlsIdentity>();
  ERR_clear_error();
  out->context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* const context = out->context_.get();
  ICN_ASSERT(context != nullptr);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  const bool has_ca = files.ca_file.empty()
                          ? SSL_CTX_set_default_verify_paths(context) == 1
                          : SSL_CTX_load_verify_locations(context, files.ca_file.c_str(), nullptr) == 1;
  if (!has_ca) return unusable("cache.redis_ca_file", files.ca_file);
  if (!files.certificate.empty() &&
      SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
    return unusable("cache.redis_cert", files.certificate);
  // Compares it with the certificate, too.
  if (!files.private_key.empty() &&
      SSL_CTX_use_PrivateKey_file(context, files.private_key.c_str(), SSL_FILETYPE_PEM) != 1)
    return unusable("cache.redis_key", files.private_key);
  return std::shared_ptr<const TlsIdentity>(std::move(out));
}

TlsSession::TlsSession(std::shared_ptr<const TlsIdentity> identity, const std::string& host)
    : identity_(std::move(identity)), session_(SSL_new(identity_->context())) {
  SSL* const session = session_.get();
  BIO* const in = BIO_new(BIO_s_mem());
  BIO* const out = BIO_new(BIO_s_mem());
  ICN_ASSERT(session != nullptr && in != nullptr && out != nullptr);
  SSL_set_bio(session, in, out);
  SSL_set_connect_state(session);
  if (is_address(host)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str());
  } else {
    SSL_set1_host(session, host.c_str());
    SSL_set_tlsext_host_name(session, const_cast<char*>(host.c_str()));
  }
}

Error TlsSession::failure(int result) const {
  if (SSL_get_error(session_.get(), result) == SSL_ERROR_ZERO_RETURN)
    return Error(kInputOutput, "Redis: the server ended TLS");
  const long verified = SSL_get_verify_result(session_.get());
  const std::string why = verified != X509_V_OK ? X509_verify_cert_error_string(verified) : newest_reason();
  return Error(kInputOutput, "Redis: TLS: " + why);
}

void TlsSession::received(std::string_view bytes) {
  BIO_write(SSL_get_rbio(session_.get()), bytes.data(), static_cast<int>(bytes.size()));
}

std::string TlsSession::to_send() {
  BIO* const out = SSL_get_wbio(session_.get());
  std::string bytes(BIO_ctrl_pending(out), '\0');
  if (!bytes.empty()) BIO_read(out, bytes.data(), static_cast<int>(bytes.size()));
  return bytes;
}

Result<bool> TlsSession::shake_hands() {
  ERR_clear_error();
  const int done = SSL_do_handshake(session_.get());
  if (done == 1) return true;
  if (SSL_get_error(session_.get(), done) == SSL_ERROR_WANT_READ) return false;
  return failure(done);
}

Result<void> TlsSession::write(std::string_view plain) {
  while (!plain.empty()) {
    ERR_clear_error();
    const std::string_view piece = plain.substr(0, kPieceBytes);
    const int count = SSL_write(session_.get(), piece.data(), static_cast<int>(piece.size()));
    if (count <= 0) return failure(count);  // memory takes all there is
    plain.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<std::string> TlsSession::read() {
  std::string plain;
  std::array<char, kPieceBytes> piece{};
  while (true) {
    ERR_clear_error();
    const int count = SSL_read(session_.get(), piece.data(), static_cast<int>(piece.size()));
    if (count > 0) {
      plain.append(piece.data(), static_cast<std::size_t>(count));
      continue;
    }
    const int why = SSL_get_error(session_.get(), count);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_ZERO_RETURN) return plain;
    return failure(count);
  }
}

}  // namespace icn::storage::redis
