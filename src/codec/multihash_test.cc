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

// Digests of "abc" by Python's hashlib; numbers from the multicodec table.
TEST(Multihash, KnowsWhatIpfsClientsSend) {
  const std::pair<std::string_view, std::string_view> known[] = {
      {"sha2-384",
       "2030cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a"
       "7"},
      {"sha3-256", "16203a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"},
      {"sha3-384",
       "1530ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d2"
       "5"},
      {"sha3-512",
       "1440b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e393405"
       "7"
       "340b4cf408d5a56592f8274eec53f0"},
      {"blake2b-160", "94e40214384264f676f39536840523f284921cdc68b6846b"},
      {"blake2b-512",
       "c0e40240ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533c"
       "c"
       "9518d38aa8dbf1925ab92386edd4009923"},
      {"blake2s-256", "e0e40220508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982"}};
  for (const auto& [name, hash] : known) {
    EXPECT_EQ(hex_encode(multihash_of(name, as_bytes("abc")).value()), hash) << name;
  }
}

TEST(Multihash, NamesAFunctionItDoesNotCompute) {
  const Bytes bytes = hex_decode("1e20" + std::string(64, 'a')).value();  // blake3
  ByteView in = bytes;
  const auto refused = verify_multihash(read_multihash(in).value(), as_bytes("abc"));
  ASSERT_TRUE(refused.error().is(errors::kUnsupportedCodec));
  EXPECT_NE(refused.error().detail().find("hash function blake3 is not supported"), std::string::npos);
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
  for (const std::string_view name :
       {"identity", "sha2-256", "sha2-384", "sha2-512", "sha3-256", "sha3-384", "sha3-512", "blake2b-160",
        "blake2b-256", "blake2b-512", "blake2s-256"}) {
    const Bytes bytes = multihash_of(name, as_bytes("bread")).value();
    ByteView in = bytes;
    const Multihash hash = read_multihash(in).value();
    EXPECT_TRUE(verify_multihash(hash, as_bytes("bread")).ok()) << name;
    EXPECT_TRUE(verify_multihash(hash, as_bytes("breads")).error().is(errors::kCidMismatch)) << name;
  }
}

}  // namespace
}  // namespace icn::codec
