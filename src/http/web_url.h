#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

// Addresses of documents that lie anywhere on the web, and which machines may be asked for them.
namespace icn::http {

// kPublic: addresses that are routed on the Internet. kLoopback: this machine.
enum class Reach { kAnywhere, kPublic, kLoopback };

// IANA special-purpose registries: false for private, shared, loopback, link-local, documentation, benchmark,
// multicast and reserved addresses. `bits`: most significant byte first.
bool is_public_ipv4(std::uint32_t bits);
// True only within 2000::/3, less Teredo, 6to4 and what else of it is special: none leads to an IPv4 address.
bool is_public_ipv6(const std::array<std::uint8_t, 16>& bytes);

struct WebUrl {
  bool is_tls = true;
  std::string host;    // lower case; an IPv6 address without brackets
  std::string port;    // digits
  std::string target;  // "/a/did.json?x=1"
};
inline constexpr std::size_t kWebUrlBytesMax = 2'000;

// "https://..." or "http://..." with a host of ASCII letters, digits, - and . or an address.
//   malformed   another scheme, credentials, a fragment, spaces or characters beyond ASCII, too long
Result<WebUrl> parse_web_url(std::string_view url);

// "localhost", 127.0.0.0/8 and ::1, as they are written.
bool is_loopback_name(std::string_view host);

}  // namespace icn::http
