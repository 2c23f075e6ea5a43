#include "http/web_url.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/errors.h"

namespace icn::http {
namespace {

struct Ipv4Block {
  std::uint32_t bits;
  int length;
};
// RFC 6890 and its updates, as in IANA's IPv4 registry: everything that is not globally reachable, and the
// former 6to4 relays.
constexpr Ipv4Block kSpecialIpv4[] = {{0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},
                                      {0xa9fe0000, 16}, {0xac100000, 12}, {0xc0000000, 24}, {0xc0000200, 24},
                                      {0xc0586300, 24}, {0xc0a80000, 16}, {0xc6120000, 15}, {0xc6336400, 24},
                                      {0xcb007100, 24}, {0xe0000000, 4},  {0xf0000000, 4}};

Error bad(std::string_view what) { return Error(errors::kMalformed, "URL: " + std::string(what)); }

bool is_host_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.';
}
bool is_ipv6_character(char c) {
  return std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == ':' || c == '.';
}
// RFC 3986: what may stand in a path or query, "%" included.
bool is_target_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("-._~!$&'()*+,;=:@%/?").find(c) != std::string_view::npos;
}

Result<void> read_authority(std::string_view text, WebUrl& out) {
  if (text.find('@') != std::string_view::npos) return bad("must hold no user");
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return bad("the address has no end");
    out.host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
    if (!std::ranges::all_of(out.host, is_ipv6_character)) return bad("the host is no IPv6 address");
  } else {
    const std::size_t colon = text.find(':');
    out.host = text.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
    if (!std::ranges::all_of(out.host, is_host_character))
      return bad("the host may hold letters, digits, - and . only");
  }
  if (out.host.empty() || out.host.size() > 253) return bad("has no host");
  std::ranges::transform(out.host, out.host.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  if (rest.empty()) return {};
  std::uint16_t port = 0;
  const auto [end, code] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), port);
  if (rest.front() != ':' || code != std::errc() || end != rest.data() + rest.size() || port == 0)
    return bad("the port must be a number from 1 to 65535");
  out.port = std::to_string(port);
  return {};
}

}  // namespace

bool is_public_ipv4(std::uint32_t bits) {
  return std::ranges::none_of(kSpecialIpv4, [bits](const Ipv4Block& block) {
    return (bits ^ block.bits) >> (32 - block.length) == 0;
  });
}

bool is_public_ipv6(const std::array<std::uint8_t, 16>& bytes) {
  if ((bytes[0] & 0xe0) != 0x20) return false;
  const std::uint32_t head =
      std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
  const bool is_protocol = head >> 9 == 0x20010000u >> 9;  // 2001::/23: Teredo, ORCHID and others
  const bool is_6to4 = head >> 16 == 0x2002;               // 2002::/16
  const bool is_example = head == 0x20010db8u;             // 2001:db8::/32
  const bool is_second_example = head >> 12 == 0x3fff0u;   // 3fff::/20
  return !is_protocol && !is_6to4 && !is_example && !is_second_example;
}

bool is_loopback_name(std::string_view host) {
  return host == "localhost" || host == "::1" ||
         (host.starts_with("127.") && std::ranges::all_of(host, [](char c) {
            return c == '.' || std::isdigit(static_cast<unsigned char>(c));
          }));
}

Result<WebUrl> parse_web_url(std::string_view url) {
  if (url.size() > kWebUrlBytesMax) return bad("is longer than 2,000 bytes");
  WebUrl out;
  if (url.starts_with("http://")) {
    out.is_tls = false;
    url.remove_prefix(7);
  } else if (url.starts_with("https://")) {
    url.remove_prefix(8);
  } else {
    return bad("must begin with https://");
  }
  const std::size_t end = std::min(url.find('/'), url.find('?'));
  ICN_TRY(read_authority(url.substr(0, end), out));
  if (out.port.empty()) out.port = out.is_tls ? "443" : "80";
  const std::string_view target = end == std::string_view::npos ? std::string_view() : url.substr(end);
  if (!std::ranges::all_of(target, is_target_character)) return bad("holds a character that is not allowed");
  out.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
  return out;
}

}  // namespace icn::http
