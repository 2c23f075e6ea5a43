#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <string>

#include "storage/storage_testing.h"

// For tests of TLS here and above.
namespace icn::storage::testing {

// A self-signed certificate for 127.0.0.1, valid for an hour, and its key (P-256), as PEM files in a folder
// of its own. Whoever trusts it has it as its own authority.
class TestCertificate {
 public:
  explicit TestCertificate(const char* common_name = "icn", const char* names = "IP:127.0.0.1") {
    EVP_PKEY* const key = EVP_EC_gen("P-256");
    X509* const certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* const name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common_name),
                               -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(certificate, key, EVP_sha256());
    write(certificate_file(), [&](FILE* out) { PEM_write_X509(out, certificate); });
    write(key_file(),
          [&](FILE* out) { PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); });
    X509_free(certificate);
    EVP_PKEY_free(key);
  }

  std::string certificate_file() const { return (folder_.path() / "cert.pem").string(); }
  std::string key_file() const { return (folder_.path() / "key.pem").string(); }

 private:
  template <typename Write>
  static void write(const std::string& path, Write&& content) {
    FILE* const out = std::fopen(path.c_str(), "w");
    content(out);
    std::fclose(out);
  }
  TestFolder folder_;
};

}  // namespace icn::storage::testing
