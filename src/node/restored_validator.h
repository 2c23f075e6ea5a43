#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "config/settings.h"

// A validator whose key came back from a backup does not know what it signed before; a second signature for
// one place costs its stake. The file "validator-restored" in the data folder makes its node a full node
// until its operator confirms.
namespace icn::node {

// The record of what the validator signed last.
std::string signed_file(const config::Settings& settings);
std::string restored_file(const config::Settings& settings);

bool awaits_confirmation(const config::Settings& settings);
// Durably, as the next.
Result<void> await_confirmation(const config::Settings& settings);
// From its next start on the validator signs, but nothing up to `height` of the engine, which others have
// decided. Nothing happens when it does not wait.
Result<void> confirm_validator(const config::Settings& settings, std::uint64_t height);

}  // namespace icn::node
