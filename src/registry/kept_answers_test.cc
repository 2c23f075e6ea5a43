#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "registry/all_handlers.h"

namespace icn::registry {
namespace {

template <typename Handler>
constexpr bool kIsKept = requires {
  &Handler::answer_version;
};

// Which answers a node keeps in its caches. Whoever adds one says here that nobody decides by it: balances
// that may be spent, tallies, rights and credentials are made anew for each request (domain.md 12).
TEST(KeptAnswers, AreNeverWhatSomebodyDecidesBy) {
  std::vector<std::string> kept;
#define ROUTE(method, path, access, body_bytes_max, handler) \
  if (kIsKept<handler>) kept.emplace_back(path);
#include "registry/routes.def"
#undef ROUTE
  EXPECT_EQ(kept, (std::vector<std::string>{"/identity/did/{did}", "/economics/mana/history",
                                            "/governance/proposals", "/mesh/jobs"}));
}

}  // namespace
}  // namespace icn::registry
