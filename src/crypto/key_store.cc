#include "crypto/key_store.h"

#include <sodium.h>

#include <cerrno>
#include <cstring>

#include "crypto/durable_file.h"
#include "crypto/errors.h"
#include "crypto/hash.h"
#include "crypto/key_store_file.h"
#include "crypto/seal.h"

namespace icn::crypto {
namespace {

constexpr std::size_t kFileSizeMax = 1 << 20;
constexpr std::size_t kMasterSize = 32;

Result<SecretBytes> derive_from_passphrase(ByteView passphrase, const KeyStoreFile& file) {
  SecretBytes key(kMasterSize);
  if (crypto_pwhash(key.writable().data(), key.size(), reinterpret_cast<const char*>(passphrase.data()),
                    passphrase.size(), file.salt.data(), file.cost.operations, file.cost.memory_bytes,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return Error(errors::kNoMemory, "deriving the key of the key store takes " +
                                        std::to_string(file.cost.memory_bytes >> 20) +
                                        " MiB: " + std::strerror(errno));
  }
  return key;
}

Bytes seed_context(std::string_view name) {
  Bytes out = to_bytes(as_bytes("icn:key-store:v1:key:"));
  append(out, name);
  return out;
}

SecretBytes keyed(const SecretBytes& master, std::string_view purpose, std::string_view name) {
  Bytes message = to_bytes(as_bytes(purpose));
  append(message, name);
  Hash hash = blake2b(message, master.view());
  SecretBytes out(hash);
  wipe(hash);
  return out;
}

// `file` with the master key sealed under the passphrase, by a fresh salt.
Result<KeyStoreFile> with_passphrase(KeyStoreFile file, const SecretBytes& master, ByteView passphrase,
                                     KdfCost cost, Random& random) {
  if (passphrase.empty()) return Error(errors::kNoPassphrase, "the passphrase is empty");
  file.cost = cost;
  file.salt = random.bytes(crypto_pwhash_SALTBYTES);
  ICN_TRY_ASSIGN(key, derive_from_passphrase(passphrase, file));
  file.sealed_master = seal_with(key.view(), master.view(), file.master_context(), random);
  return file;
}

}  // namespace

struct KeyStore::State {
  State(std::string path_in, Random& random_in, SecretBytes master_in, KeyStoreFile file_in)
      : path(std::move(path_in)),
        random(random_in),
        master(std::move(master_in)),
        sealing_key(keyed(master, "icn:key-store:v1:seal", "")),
        file(std::move(file_in)) {}

  Result<void> save(KeyStoreFile changed, Existing existing) {
    ICN_TRY(write_file_durably(path, as_bytes(write_key_store(changed)), existing));
    file = std::move(changed);
    return {};
  }

  std::string path;
  Random& random;
  SecretBytes master;
  SecretBytes sealing_key;
  KeyStoreFile file;
  std::map<std::string, SecretKey, std::less<>> keys;
};

KeyStore::KeyStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
KeyStore::KeyStore(KeyStore&&) noexcept = default;
KeyStore& KeyStore::operator=(KeyStore&&) noexcept = default;
KeyStore::~KeyStore() = default;

Result<KeyStore> KeyStore::create(const std::string& path, ByteView passphrase, KdfCost cost,
                                  Random& random) {
  ICN_ASSERT(sodium_init() >= 0);
  SecretBytes master(kMasterSize);
  random.fill(master.writable());
  ICN_TRY_ASSIGN(file, with_passphrase({}, master, passphrase, cost, random));
  auto state = std::make_unique<State>(path, random, std::move(master), file);
  ICN_TRY(state->save(std::move(file), Existing::kRefuse));
  return KeyStore(std::move(state));
}

Result<KeyStore> KeyStore::unlock(const std::string& path, ByteView passphrase, Random& random) {
  ICN_ASSERT(sodium_init() >= 0);
  ICN_TRY_ASSIGN(content, read_secret_file(path, kFileSizeMax));
  auto parsed = read_key_store(as_text(content.view()));
  if (!parsed) return std::move(parsed).error().within(path);
  KeyStoreFile& file = *parsed;
  ICN_TRY_ASSIGN(key, derive_from_passphrase(passphrase, file));
  auto master = open_with(key.view(), file.sealed_master, file.master_context(), SecretMemory::kLocked);
  if (!master || master->size() != kMasterSize) {
    return Error(errors::kWrongPassphrase, "the passphrase does not open " + path);
  }
  auto state = std::make_unique<State>(path, random, std::move(master).value(), std::move(file));
  for (const auto& [name, sealed] : state->file.sealed_seeds) {
    auto seed = open_with(state->sealing_key.view(), sealed, seed_context(name), SecretMemory::kLocked);
    if (!seed || seed->size() != 32) {
      return Error(errors::kDamaged, path + ": the key \"" + name + "\" was altered");
    }
    state->keys.emplace(name, SecretKey::from_seed(seed->view(), SecretMemory::kLocked));
  }
  return KeyStore(std::move(state));
}

const SecretKey* KeyStore::find(std::string_view name) const {
  const auto found = state_->keys.find(name);
  return found == state_->keys.end() ? nullptr : &found->second;
}

Result<void> KeyStore::put(std::string_view name, SecretKey key) {
  KeyStoreFile changed = state_->file;
  const SecretBytes seed = key.seed();
  changed.sealed_seeds[std::string(name)] =
      seal_with(state_->sealing_key.view(), seed.view(), seed_context(name), state_->random);
  ICN_TRY(state_->save(std::move(changed), Existing::kReplace));
  state_->keys.insert_or_assign(std::string(name), std::move(key));
  return {};
}

Result<const SecretKey*> KeyStore::find_or_generate(std::string_view name) {
  if (find(name) == nullptr) {
    ICN_TRY(put(name, SecretKey::generate(state_->random, SecretMemory::kLocked)));
  }
  return find(name);
}

Result<void> KeyStore::change_passphrase(ByteView passphrase, KdfCost cost) {
  ICN_TRY_ASSIGN(changed, with_passphrase(state_->file, state_->master, passphrase, cost, state_->random));
  return state_->save(std::move(changed), Existing::kReplace);
}

Bytes KeyStore::seal(ByteView plaintext, ByteView associated_data) const {
  Bytes context = to_bytes(as_bytes("icn:sealed:v1:"));
  append(context, associated_data);
  return seal_with(state_->sealing_key.view(), plaintext, context, state_->random);
}

Result<SecretBytes> KeyStore::open(ByteView sealed, ByteView associated_data) const {
  Bytes context = to_bytes(as_bytes("icn:sealed:v1:"));
  append(context, associated_data);
  return open_with(state_->sealing_key.view(), sealed, context, SecretMemory::kPlain);
}

SecretBytes KeyStore::derive(std::string_view name) const {
  return keyed(state_->master, "icn:key-store:v1:derive:", name);
}

}  // namespace icn::crypto
