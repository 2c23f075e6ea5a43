#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "governance/api/get_vote_page.h"

namespace icn::governance::api {
namespace {

// What stands between two marks of the page.
std::string between(const std::string& html, std::string_view open, std::string_view close) {
  const std::size_t begin = html.find(open) + open.size();
  return html.substr(begin, html.find(close, begin) - begin);
}

// A browser runs an inline script when the policy names the hash of all between its tags.
TEST(VotePage, ThePolicyNamesTheScriptAndTheStyleByTheirHashesAndAllowsNoOther) {
  const VotePage page = make_vote_page();
  const std::pair<std::string_view, std::string_view> elements[] = {{"script", "script-src"},
                                                                    {"style", "style-src"}};
  for (const auto& [tag, directive] : elements) {
    const std::string content =
        between(page.html, "<" + std::string(tag) + ">", "</" + std::string(tag) + ">");
    EXPECT_GT(content.size(), 1'000u);
    const std::string hash = base64_encode(ByteView(crypto::sha256(as_bytes(content))));
    EXPECT_NE(page.policy.find(std::string(directive) + " 'sha256-" + hash + "';"), std::string::npos)
        << page.policy;
  }
  EXPECT_EQ(page.policy.find("unsafe"), std::string::npos);
  EXPECT_TRUE(page.policy.starts_with("default-src 'none';"));
}

TEST(VotePage, NothingInItComesFromElsewhere) {
  const VotePage page = make_vote_page();
  for (const char* outside : {"http://", "src=", "href=", "@import", "url("})
    EXPECT_EQ(page.html.find(outside), std::string::npos) << outside;
  EXPECT_EQ(between(page.html, "<html", ">").find("style="), std::string::npos);
}

}  // namespace
}  // namespace icn::governance::api
