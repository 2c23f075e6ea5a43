#pragma once

#include <memory>
#include <string_view>

#include <spdlog/logger.h>

namespace icn {

enum class LogFormat { kText, kJson };

// Log lines go to standard error. Never log a secret: keys, passphrases, tokens, request bodies.
// Thread: any.
using Log = spdlog::logger;

std::shared_ptr<Log> make_log(LogFormat format, std::string_view level);

// Throws every line away.
std::shared_ptr<Log> make_silent_log();

}  // namespace icn
