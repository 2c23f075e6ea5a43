#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/bytes.h"
#include "crypto/key_store.h"

// The content of a key store file. Internal to this folder. Format: docs/formats/key-store.md.
namespace icn::crypto {

struct KeyStoreFile {
  KdfCost cost;
  Bytes salt;           // 16
  Bytes sealed_master;  // under the key that Argon2id derives; associated data: master_context()
  std::map<std::string, Bytes> sealed_seeds;  // by name, under the master key

  // Binds the parameters to the master key, so that nobody weakens them in the file.
  Bytes master_context() const;
};

std::string write_key_store(const KeyStoreFile& file);

//   key_store_damaged   no key store, a newer one, torn, or its checksum is wrong
Result<KeyStoreFile> read_key_store(std::string_view text);

}  // namespace icn::crypto
