#pragma once

#include <string>

#include "cli/credential_file.h"
#include "cli/session.h"

// What `icn verify` and the verb of each kind share. Each says what it found; what does not hold ends with
// kNotMet.
namespace icn::cli {

struct CheckOptions {
  std::string file;
  std::string genesis;
  std::string header;
};
// A proof of `icn ledger prove`.
void show_checked_proof(Session& session, const CheckOptions& options);

void show_verified_credential(Session& session, const VerifyOrder& order);

// A folder of backups, a file of one, or -.
void verify_backup(Session& session, const std::string& source, const std::string& name);

}  // namespace icn::cli
