#include "economics/account_did.h"

#include <string>

#include "crypto/key_text.h"
#include "economics/errors.h"

namespace icn::economics {

Result<void> check_account_did(std::string_view text) {
  constexpr std::string_view kIcn = "did:icn:";
  constexpr std::size_t kSizeMax = 128;
  if (text.starts_with("did:key:")) {
    if (auto key = crypto::read_did_key(text); !key.ok()) return Error(kBadDid, key.error().detail());
    return {};
  }
  const bool is_icn =
      text.starts_with(kIcn) && text.size() > kIcn.size() && text.size() <= kSizeMax &&
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:",
                             kIcn.size()) == std::string_view::npos;
  if (is_icn) return {};
  return Error(kBadDid, "must be a did:key or did:icn, not \"" + std::string(text.substr(0, 80)) + "\"");
}

}  // namespace icn::economics
