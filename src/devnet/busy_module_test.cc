#include "devnet/busy_module.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace icn::devnet {
namespace {

// Assembled by hand from WebAssembly Core 2.0, chapter 5; 100 is e4 00 in signed LEB128, 63 is 3f.
TEST(BusyModule, IsTheModuleItsTextSays) {
  const std::string head = "0061736d0100000001040160000003020100070a01065f73746172740000";
  EXPECT_EQ(hex_encode(busy_module(63)), head + "0a15011301017f0340200041016a2200413f490d000b0b");
  EXPECT_EQ(hex_encode(busy_module(100)), head + "0a16011401017f0340200041016a220041e400490d000b0b");
}

}  // namespace
}  // namespace icn::devnet
