#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/random.h"
#include "crypto/ed25519.h"

namespace icn::crypto {

// What deriving a key from a passphrase costs, Argon2id (RFC 9106).
struct KdfCost {
  std::uint64_t operations;
  std::uint64_t memory_bytes;
};
inline constexpr KdfCost kPersonCost{3, 256u << 20};  // for what a person can remember; about 0.7 s
inline constexpr KdfCost kRandomCost{1, 1u << 20};    // for 32 random bytes, and tests; about 1 ms

// The node's secrets. One random master key, sealed under the passphrase; everything else is sealed
// under or derived from the master key, so that a new passphrase changes one line of the file and
// nothing elsewhere. The file (docs/formats/key-store.md) also holds a few named keys; keys that come
// by the thousand are sealed with seal() and kept by their owner.
// Thread: seal, open, derive, find: any. put, change_passphrase: one at a time, and not beside find.
class KeyStore {
 public:
  // Makes a store at `path`, in a folder that exists. `random` must outlive the store.
  //   key_store_file   it exists already or cannot be written;   out_of_memory
  static Result<KeyStore> create(const std::string& path, ByteView passphrase, KdfCost cost, Random& random);

  //   wrong_passphrase     key_store_file   missing or unreadable
  //   key_store_damaged    torn or altered;   out_of_memory
  static Result<KeyStore> unlock(const std::string& path, ByteView passphrase, Random& random);

  KeyStore(KeyStore&&) noexcept;
  KeyStore& operator=(KeyStore&&) noexcept;
  ~KeyStore();

  // Null when there is none of that name. Lives until the key is put again or the store goes.
  const SecretKey* find(std::string_view name) const;
  // Adds or replaces, durably. On error the store is as before.
  Result<void> put(std::string_view name, SecretKey key);
  // Makes the key when there is none.
  Result<const SecretKey*> find_or_generate(std::string_view name);

  // What was sealed before stays readable. On error the old passphrase counts.
  Result<void> change_passphrase(ByteView passphrase, KdfCost cost);

  // XChaCha20-Poly1305 with a random nonce; 41 bytes longer than `plaintext`. `associated_data` says
  // where the bytes belong (table and key of the record) and must be the same when they are opened.
  Bytes seal(ByteView plaintext, ByteView associated_data) const;
  //   seal_not_opened   changed, of another store, or for another place
  Result<SecretBytes> open(ByteView sealed, ByteView associated_data) const;

  // 32 bytes that only this store gives for `name`: keyed BLAKE2b.
  SecretBytes derive(std::string_view name) const;

 private:
  struct State;
  explicit KeyStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace icn::crypto
