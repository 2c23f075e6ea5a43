#include "codec/multihash.h"

#include <gtest/gtest.h>

#include "codec/errors.h"

namespace icn::codec {
namespace {

// multiformats/multihash, tests/values/test_cases.csv: the input is the text of the hex digits.
constexpr std::string_view kInput = "431fb5d4c9b735ba1a34d0df045118806ae2336f2c";
constexpr std::string_view kSha256 = "1220ffb31f07aa15348368c90c73a834dbf9f8710365860fa0fd4ddce9ac2782cc17";
constexpr std::string_view kSha512 =
    "1340abffa1926b038a2f1833092d93859ba2ee56e07a86b158200fc7d4d5d1eaf350b0f0e511ea6f5043a9f4a7c7886f93355652"
    "11"
    "4709d75b2db4c33741124fd4fe";

TEST(Multihash, FollowsThePublishedVectors) {
  EXPECT_EQ(hex_encode(multihash_of("sha2-256", as_bytes(kInput)).value()), kSha256);
  EXPECT_EQ(hex_encode(multihash_of("sha2-512", as_bytes(kInput)).value()), kSha512);
}

// Digests by Python's hashlib.blake2b(digest_size=32) and by hand.
TEST(Multihash, KnowsBlake2bAndIdentity) {
  EXPECT_EQ(hex_encode(multihash_of("blake2b-256", as_bytes("abc")).value()),
            "a0e40220bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  EXPECT_EQ(hex_encode(multihash_of("identity", as_bytes("abc")).value()), "0003616263");
}

TEST(Multihash, NamesTheFunctionsItKnowsWhenAskedForAnother) {
  const Result<Bytes> hashed = multihash_of("md5", as_bytes("abc"));
  ASSERT_TRUE(hashed.error().is(errors::kUnsupportedCodec));
  EXPECT_NE(hashed.error().detail().find("sha2-256"), std::string::npos);
  EXPECT_TRUE(multihash_of("identity", Bytes(129)).error().is(errors::kTooLarge));
}

TEST(Multihash, RefusesDigestsThatCannotBe) {
  // ends early; longer than sha2-256; above 128 bytes.
  for (const std::string& hex : {std::string("1220ff"), "1221" + std::string(66, 'a'),
                                 "00810" + std::string("1") + std::string(258, 'a')}) {
    const Bytes bytes = hex_decode(hex).value();
    ByteView in = bytes;
    EXPECT_TRUE(read_multihash(in).error().is(errors::kBadMultihash)) << hex;
  }
}

TEST(Multihash, ATruncatedDigestProvesNothing) {
  // The 80-bit row of the same file.
  const Bytes bytes = hex_decode("120affb31f07aa15348368c9").value();
  ByteView in = bytes;
  const Multihash hash = read_multihash(in).value();
  EXPECT_TRUE(verify_multihash(hash, as_bytes(kInput)).error().is(errors::kUnsupportedCodec));
}

TEST(Multihash, VerifiesEveryFunctionItComputes) {
  for (const std::string_view name : {"identity", "sha2-256", "sha2-512", "blake2b-256"}) {
    const Bytes bytes = multihash_of(name, as_bytes("bread")).value();
    ByteView in = bytes;
    const Multihash hash = read_multihash(in).value();
    EXPECT_TRUE(verify_multihash(hash, as_bytes("bread")).ok()) << name;
    EXPECT_TRUE(verify_multihash(hash, as_bytes("breads")).error().is(errors::kCidMismatch)) << name;
  }
}

}  // namespace
}  // namespace icn::codec
