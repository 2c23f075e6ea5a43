#pragma once

namespace icn {

// Prints the expression and its place to standard error and aborts.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace icn

// For what cannot be: a broken promise inside our own code. Stays on in release builds.
// User input never reaches one; what can go wrong returns Result.
#define ICN_ASSERT(expression) \
  ((expression) ? static_cast<void>(0) : ::icn::assertion_failed(#expression, __FILE__, __LINE__))
