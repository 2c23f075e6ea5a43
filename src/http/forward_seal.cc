#include "http/forward_seal.h"

#include <charconv>

#include "crypto/hash.h"
#include "http/errors.h"

namespace icn::http {
namespace {

constexpr std::size_t kTagBytes = 16;
constexpr std::uint64_t kSkewMs = 120'000;

Error bad() { return Error(kBadCredentials, "x-icn-forwarded is not of a gateway of this node"); }

}  // namespace

std::string ForwardSeal::tag_of(std::string_view text, std::string_view method,
                                std::string_view target) const {
  std::string message(text);
  message.append("\n").append(method).append("\n").append(target);
  const crypto::Hash hash = crypto::blake2b(as_bytes(message), secret_);
  return hex_encode(ByteView(hash).first(kTagBytes));
}

std::string ForwardSeal::seal(const Request& request, std::string_view method) const {
  const std::string text = request.peer_address + ";" + (request.is_tls ? "https" : "http") + ";" +
                           std::to_string(clock_.now_ms());
  return text + ";" + tag_of(text, method, request.target);
}

Result<void> ForwardSeal::open(Request& request) const {
  const auto header = request.headers.find(kHeader);
  if (!header) return {};
  const std::size_t tag_at = header->rfind(';');
  if (tag_at == std::string_view::npos) return bad();
  const std::string_view text = header->substr(0, tag_at);
  const std::string tag = tag_of(text, request.method_text, request.target);
  if (!equal_constant_time(as_bytes(header->substr(tag_at + 1)), as_bytes(tag))) return bad();
  const std::size_t scheme_at = text.find(';');
  const std::size_t time_at = text.rfind(';');
  if (scheme_at == std::string_view::npos || scheme_at == time_at) return bad();
  std::uint64_t made_ms = 0;
  const std::string_view time = text.substr(time_at + 1);
  const auto [end, code] = std::from_chars(time.data(), time.data() + time.size(), made_ms);
  const std::uint64_t now_ms = clock_.now_ms();
  if (code != std::errc() || end != time.data() + time.size()) return bad();
  if (made_ms + kSkewMs < now_ms || made_ms > now_ms + kSkewMs) return bad();
  request.is_tls = text.substr(scheme_at + 1, time_at - scheme_at - 1) == "https";
  request.peer_address = text.substr(0, scheme_at);
  request.is_forwarded = true;
  return {};
}

}  // namespace icn::http
