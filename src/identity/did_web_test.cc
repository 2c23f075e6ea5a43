#include "identity/did_web.h"

#include <gtest/gtest.h>

namespace icn::identity {
namespace {

std::string url_of(std::string_view did, bool allows_loopback = false) {
  const auto url = did_web_url(did, allows_loopback);
  return url.ok() ? *url : std::string(url.error().code());
}

// Origin: did:web Method Specification, 2.5.1 and 2.5.2, examples 3 to 5.
TEST(DidWeb, AddressesOfTheStandard) {
  EXPECT_EQ(url_of("did:web:w3c-ccg.github.io"), "https://w3c-ccg.github.io/.well-known/did.json");
  EXPECT_EQ(url_of("did:web:w3c-ccg.github.io:user:alice"), "https://w3c-ccg.github.io/user/alice/did.json");
  EXPECT_EQ(url_of("did:web:example.com%3A3000"), "https://example.com:3000/.well-known/did.json");
  EXPECT_EQ(url_of("did:web:example.com%3A3000:user:alice"), "https://example.com:3000/user/alice/did.json");
}

TEST(DidWeb, OthersAreNone) {
  for (const char* did :
       {"did:web:", "did:web", "did:web::a", "did:web:a.example:", "did:web:a.example::b",
        "did:web:a.example/b", "did:web:a.example:..:b", "did:web:a.example:.:b", "did:web:user@a.example",
        "did:web:a.example%3A", "did:web:a.example%3Ax", "did:web:a.example%2Fx",
        "did:web:a.example%3A443%40b", "did:web:a b", "did:web:a.example?x", "did:web:a.example#key",
        "did:web:[::1]", "did:webs:a.example"}) {
    EXPECT_EQ(url_of(did), "I001") << did;
  }
  EXPECT_EQ(url_of("did:web:a.example:" + std::string(600, 'a')), "I001");
}

TEST(DidWeb, PlainHttpForThisMachineWhenAllowed) {
  EXPECT_EQ(url_of("did:web:localhost%3A8080:ann", true), "http://localhost:8080/ann/did.json");
  EXPECT_EQ(url_of("did:web:127.0.0.1%3A8080", true), "http://127.0.0.1:8080/.well-known/did.json");
  EXPECT_EQ(url_of("did:web:localhost%3A8080"), "https://localhost:8080/.well-known/did.json");
  EXPECT_EQ(url_of("did:web:a.example", true), "https://a.example/.well-known/did.json");
}

TEST(DidWeb, TheDocumentSaysWhoseItIs) {
  EXPECT_TRUE(read_web_document("did:web:a.example", R"({"id":"did:web:a.example"})").ok());
  for (const char* body : {"", "[]", "{}", R"({"id":7})", R"({"id":"did:web:b.example"})", "<html>"}) {
    const auto read = read_web_document("did:web:a.example", body);
    ASSERT_FALSE(read.ok()) << body;
    EXPECT_EQ(read.error().code(), "bad_did_document");
  }
}

}  // namespace
}  // namespace icn::identity
