#pragma once

#include <optional>
#include <string>

#include "base/random.h"
#include "crypto/secret_bytes.h"

// Where the passphrase of the key store comes from. It is never an argument of a program and never logged.
namespace icn::crypto {

enum class Prompt { kNever, kOnce, kTwice };  // kTwice when a store is made: both must agree

struct PassphraseSources {
  std::optional<std::string> variable_value;  // of the variable key.passphrase_variable names
  std::string file;                           // key.passphrase_file; empty for none
  Prompt prompt = Prompt::kNever;             // on the controlling terminal, without echo
};

// The first of these there is: variable, file, terminal.
//   no_passphrase    none, an empty one, two that differ, or no terminal to ask on
//   key_store_file   the file cannot be read
Result<SecretBytes> find_passphrase(const PassphraseSources& sources);

// The first line of `path`, at most 4,096 bytes.
Result<SecretBytes> read_passphrase_file(const std::string& path);

// For the development profile: the passphrase in `path`, or a random one written there (mode 0600).
Result<SecretBytes> development_passphrase(const std::string& path, Random& random);

}  // namespace icn::crypto
