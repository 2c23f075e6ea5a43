#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"

namespace icn::http {

// Each role may do what the ones before it may.
enum class Role { kNone, kRead, kMember, kValidator, kOperator };
constexpr auto enum_names(Role) {
  return std::array{std::pair(Role::kNone, std::string_view("none")),
                    std::pair(Role::kRead, std::string_view("read")),
                    std::pair(Role::kMember, std::string_view("member")),
                    std::pair(Role::kValidator, std::string_view("validator")),
                    std::pair(Role::kOperator, std::string_view("operator"))};
}

// What a route asks of its caller: anybody, or at least this role.
enum class Access { kPublic, kRead, kMember, kValidator, kOperator };

constexpr Role role_needed(Access access) { return static_cast<Role>(static_cast<int>(access)); }

enum class Credential { kNone, kApiKey, kSession, kSignature };

// Caller::id of who sends no credentials from this machine to a node of the development profile, and is no
// page from elsewhere in a browser.
inline constexpr std::string_view kLocalClient = "local";

// Who sent a request, as far as its credentials prove. Cheap to copy.
struct Caller {
  Role role = Role::kNone;
  Credential credential = Credential::kNone;
  std::string id;  // API key id, the verification method, or kLocalClient; empty: nobody
  std::shared_ptr<const std::vector<Did>> dids;  // whom the caller may act as; null: nobody

  bool is_anonymous() const { return credential == Credential::kNone; }
  // The acting DID of a body must pass this, or (operator) be the node's own: domain.md 1.
  bool acts_as(const Did& did) const {
    return dids && std::find(dids->begin(), dids->end(), did) != dids->end();
  }
};

}  // namespace icn::http
