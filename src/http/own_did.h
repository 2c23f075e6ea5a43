#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "http/caller.h"

namespace icn::http {

class Call;

// DIDs whose keys the node keeps for its callers, beside those that credentials name. Thread: any.
class KeptDids {
 public:
  virtual ~KeptDids() = default;
  // At most `count_max` of them.
  virtual std::vector<Did> kept_for(const Caller& caller, std::size_t count_max) const = 0;
};

// Whom a request means that names nobody: the one DID its credentials stand for, or whose key is kept for
// them. `kept` may be null.
//   malformed   there is none, or there are several; says that `field` is required, and why
Result<Did> own_did(const Caller& caller, std::string_view field, const KeptDids* kept);

// Whom a plain body acts as: `named`, else own_did() of the credentials.
Result<Did> acting_did(const Call& call, const std::optional<Did>& named, std::string_view field);

}  // namespace icn::http
