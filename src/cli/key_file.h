#pragma once

#include <optional>
#include <string>
#include <utility>

#include "cli/session.h"
#include "crypto/ed25519.h"

// A member's key on this machine, a file of mode 0600. Usually a key store (docs/formats/key-store.md) with
// the key "member", under a passphrase from ICN_KEY_PASSPHRASE, the file ICN_KEY_PASSPHRASE_FILE names, or
// the terminal; without one it is JSON {"icn_key":1,"did":did,"seed":hex}.
namespace icn::cli {

enum class Protection { kPassphrase, kNone };

// Makes a key and its file. conflict (it exists already), key_store_file, no_passphrase, out_of_memory
Result<crypto::SecretKey> make_key_file(const std::string& path, Protection protection, Random& random);

// A key file that can be written at once: its place is free and its passphrase is known. For a key that
// comes only once.
class KeyFileToBe {
 public:
  // conflict (it exists already), key_store_file (no folder to write to), no_passphrase
  static Result<KeyFileToBe> prepare(const std::string& path, Protection protection);
  // key_store_file, out_of_memory
  Result<void> write(const crypto::SecretKey& key, Random& random) const;
  // When that failed: the same file with a name of its own in the folder for temporary files, which is said.
  Result<std::string> write_elsewhere(const crypto::SecretKey& key, Random& random) const;

 private:
  KeyFileToBe(std::string path, std::optional<crypto::SecretBytes> passphrase)
      : path_(std::move(path)), passphrase_(std::move(passphrase)) {}

  std::string path_;
  std::optional<crypto::SecretBytes> passphrase_;  // none: it is left unencrypted
};

// A key that is there already.
Result<void> write_key_file(const std::string& path, const crypto::SecretKey& key, Protection protection,
                            Random& random);

// key_store_file (missing), malformed (another file), and the errors of KeyStore::unlock
Result<crypto::SecretKey> load_key_file(const std::string& path, Random& random);

// Says why a key file could not be made or loaded, naming it once.
void fail_key_file(Session& session, const std::string& path, const Error& error);

// The did:icn that was last made with, or handed to, the key of `path`: the one line of `path`.did.
// It is nobody's secret; without it a key file stands for its did:key alone.
std::optional<std::string> noted_did(const std::string& path);
// key_store_file
Result<void> note_did(const std::string& path, const std::string& did);

}  // namespace icn::cli
