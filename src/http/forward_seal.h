#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/message.h"

namespace icn::http {

// Shows a node that a request comes through one of its gateways, and from where: the header x-icn-forwarded
// of one request, sealed with a secret that both have. What counts against an address then counts against the
// client's.
//   ADDRESS ";" "http" or "https" ";" milliseconds of the Unix time ";" tag
//   tag  16 bytes in hexadecimal: keyed BLAKE2b of what stands before it, method and target, each with a line
//   feed
// Thread: any.
class ForwardSeal {
 public:
  static constexpr std::string_view kHeader = "x-icn-forwarded";

  // `secret`: 32 bytes.
  ForwardSeal(Bytes secret, const Clock& clock) : secret_(std::move(secret)), clock_(clock) {}

  std::string seal(const Request& request, std::string_view method) const;
  // Takes address and scheme out of the header into `request`, which is forwarded from then on; nothing
  // happens to one without the header. Errors: kBadCredentials (another secret or request, or made 2 minutes
  // away from now).
  Result<void> open(Request& request) const;

 private:
  std::string tag_of(std::string_view text, std::string_view method, std::string_view target) const;

  const Bytes secret_;
  const Clock& clock_;
};

}  // namespace icn::http
