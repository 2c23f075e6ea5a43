#pragma once

#include "base/result.h"

namespace icn::crypto::errors {

inline constexpr ErrorKind kBadKey{Category::kMalformed, "bad_public_key",
                                   "not an Ed25519 public key the network accepts"};
inline constexpr ErrorKind kWrongPassphrase{Category::kUnauthenticated, "wrong_passphrase",
                                            "the passphrase does not open this key store"};
inline constexpr ErrorKind kNoPassphrase{Category::kUnauthenticated, "no_passphrase",
                                         "no passphrase was given"};
inline constexpr ErrorKind kDamaged{Category::kInternal, "key_store_damaged", "the key store is damaged"};
inline constexpr ErrorKind kNotOpened{Category::kForbidden, "seal_not_opened",
                                      "the sealed bytes were changed or belong elsewhere"};
inline constexpr ErrorKind kFile{Category::kInternal, "key_store_file",
                                 "the key store file could not be read or written"};
inline constexpr ErrorKind kNoMemory{Category::kInternal, "out_of_memory",
                                     "not enough memory to derive the key"};

}  // namespace icn::crypto::errors
