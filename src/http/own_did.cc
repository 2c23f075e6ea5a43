#include "http/own_did.h"

#include <algorithm>

#include "base/errors.h"
#include "http/call.h"

namespace icn::http {

Result<Did> own_did(const Caller& caller, std::string_view field, const KeptDids* kept) {
  std::vector<Did> own;
  if (caller.dids) own = *caller.dids;
  if (kept != nullptr && own.size() < 2) {
    for (Did& did : kept->kept_for(caller, 2)) {
      if (std::ranges::find(own, did) == own.end()) own.push_back(std::move(did));
    }
  }
  if (own.size() == 1) return std::move(own.front());
  std::string why = ": is required";
  if (own.size() > 1) {
    why += ", the caller has more than one DID";
  } else if (!caller.is_anonymous()) {
    why += ", the caller's credentials stand for no DID";
  }
  return Error(errors::kMalformed, std::string(field) + why);
}

Result<Did> acting_did(const Call& call, const std::optional<Did>& named, std::string_view field) {
  return named ? *named : own_did(call.caller(), field, nullptr);
}

}  // namespace icn::http
