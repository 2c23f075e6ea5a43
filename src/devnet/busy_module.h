#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace icn::devnet {

// A module whose `_start` counts to `rounds` and returns: work that takes the same processor time anywhere on
// one machine. 1 <= rounds < 2^31. Format: WebAssembly Core 2.0, chapter 5.
Bytes busy_module(std::uint32_t rounds);

}  // namespace icn::devnet
