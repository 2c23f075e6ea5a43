#include "devnet/busy_module.h"

namespace icn::devnet {
namespace {

// LEB128 of a number below 2^31, signed: the last byte's highest value bit must be clear.
Bytes signed_leb128(std::uint32_t value) {
  Bytes out;
  while (true) {
    const auto part = static_cast<std::uint8_t>(value & 0x7f);
    value >>= 7;
    if (value == 0 && (part & 0x40) == 0) {
      out.push_back(part);
      return out;
    }
    out.push_back(part | 0x80);
  }
}

}  // namespace

Bytes busy_module(std::uint32_t rounds) {
  Bytes body{0x01, 0x01, 0x7f,                               // one local i32
             0x03, 0x40,                                     // loop
             0x20, 0x00, 0x41, 0x01, 0x6a,                   //   local 0 + 1
             0x22, 0x00,                                     //   kept
             0x41};                                          //   compared with
  append(body, signed_leb128(rounds));                       //   rounds
  append(body, Bytes{0x49, 0x0d, 0x00,                       //   while below, again
                     0x0b, 0x0b});                           // end of loop and function
  Bytes out{0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,  // magic, version
            0x01, 0x04, 0x01, 0x60, 0x00, 0x00,              // one type: () -> ()
            0x03, 0x02, 0x01, 0x00,                          // one function of it
            0x07, 0x0a, 0x01, 0x06, '_',  's',  't',  'a',  'r', 't', 0x00, 0x00};  // exported
  const auto body_size = static_cast<std::uint8_t>(body.size());
  append(out, Bytes{0x0a, static_cast<std::uint8_t>(body_size + 2), 0x01, body_size});
  append(out, body);
  return out;
}

}  // namespace icn::devnet
