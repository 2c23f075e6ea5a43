#include "crypto/key_text.h"

#include <gtest/gtest.h>

#include "base/errors.h"
#include "crypto/errors.h"
#include "crypto/secret_key_text.h"

namespace icn::crypto {
namespace {

struct Example {
  const char* multikey;
  const char* hex;
  const char* x25519;
};

// The first two are examples of the did:key method (W3C CCG); their bytes and the map
// u = (1 + y) / (1 - y) of RFC 7748, 4.1 were computed apart from this code.
constexpr Example kExamples[] = {
    {"z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
     "2e6fcce36701dc791488e0d0b1745cc1e33a4c1c9fcc41c63bd343dbbe0970e6",
     "z6LSj72tK8brWgZja8NLRwPigth2T9QRiG1uH9oKZuKjdh9p"},
    {"z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH",
     "94966b7c08e405775f8de6cc1c4508f6eb227403e1025b2c8ad2d7477398c5b2",
     "z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc"},
};

TEST(KeyTextTest, ReadsAndWritesTheExamplesOfTheMethod) {
  for (const Example& example : kExamples) {
    const auto key = read_multikey(example.multikey);
    ASSERT_TRUE(key.ok()) << key.error().detail();
    EXPECT_EQ(hex_encode(key->view()), example.hex);
    EXPECT_EQ(multikey_text(*key), example.multikey);
    EXPECT_EQ(did_key(*key).text(), std::string("did:key:") + example.multikey);
    EXPECT_EQ(did_key_method(*key).text(),
              std::string("did:key:") + example.multikey + "#" + example.multikey);
    EXPECT_EQ(*read_did_key(did_key(*key).text()), *key);
    const auto agreement = derive_x25519(*key);
    ASSERT_TRUE(agreement.ok());
    EXPECT_EQ(multikey_text(*agreement), example.x25519);
  }
}

TEST(KeyTextTest, RefusesWhatIsNoEd25519Key) {
  const std::string good = kExamples[0].multikey;
  for (const std::string& text :
       {std::string(), std::string("z"), good.substr(1), "m" + good.substr(1), good + "1", good.substr(0, 47),
        std::string(kExamples[0].x25519), std::string(10'000, 'z'), "z0" + good.substr(2)}) {
    const auto key = read_multikey(text);
    ASSERT_FALSE(key.ok()) << text;
    EXPECT_TRUE(key.error().is(errors::kBadKey)) << text;
  }
  for (const std::string& did :
       {good, "did:web:" + good, "did:key:" + good + "#" + good, "DID:KEY:" + good}) {
    EXPECT_FALSE(read_did_key(did).ok()) << did;
  }
  PublicKey small_order;
  small_order.bytes[0] = 1;
  EXPECT_FALSE(read_multikey(multikey_text(small_order)).ok());
  EXPECT_FALSE(derive_x25519(small_order).ok());
}

// Both texts from the seed by Python: base58 by hand, the public key by its package "cryptography".
TEST(KeyTextTest, ReadsAndWritesASecretKey) {
  const std::string text = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq";
  const auto key = read_secret_multikey(text);
  ASSERT_TRUE(key.ok()) << key.error().detail();
  EXPECT_EQ(multikey_text(key->public_key()), "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2");
  EXPECT_EQ(secret_multikey_text(*key), text);
  for (const std::string& wrong : {std::string(), text.substr(1), "m" + text.substr(1), text + "1",
                                   text.substr(0, 47), std::string(kExamples[0].multikey)}) {
    const auto refused = read_secret_multikey(wrong);
    ASSERT_FALSE(refused.ok()) << wrong;
    EXPECT_TRUE(refused.error().is(icn::errors::kMalformed)) << wrong;
    EXPECT_TRUE(wrong.empty() || refused.error().detail().find(wrong) == std::string::npos);
  }
}

}  // namespace
}  // namespace icn::crypto
