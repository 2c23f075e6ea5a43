#include "crypto/hash.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

namespace icn::crypto {
namespace {

// FIPS 180-4 examples (NIST, "SHA256.pdf") and the million-a message of FIPS 180-2, B.3.
TEST(Sha256Test, GivesTheHashesOfTheStandard) {
  EXPECT_EQ(hex_encode(sha256()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex_encode(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex_encode(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256Test, HashesPartsAsOneMessage) {
  EXPECT_EQ(sha256(as_bytes("a"), Bytes{'b'}, as_bytes(""), as_bytes("c")), sha256(as_bytes("abc")));
}

TEST(Sha256Test, HashesWhatArrivesBitByBit) {
  const std::string piece(1'000, 'a');
  Sha256 hash;
  for (int i = 0; i < 1'000; ++i) hash.update(as_bytes(piece));
  EXPECT_EQ(hex_encode(hash.finish()), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(hash.update(as_bytes("abc")).finish(), sha256(as_bytes("abc"))) << "finish() begins anew";
}

TEST(Sha256Test, ThreadsDoNotDisturbEachOther) {
  auto work = [] {
    for (int i = 0; i < 2'000; ++i) {
      const std::string text = std::to_string(i);
      Sha256 slow;
      for (char c : text) slow.update(as_bytes({&c, 1}));
      ASSERT_EQ(sha256(as_bytes(text)), slow.finish());
    }
  };
  std::thread other(work);
  work();
  other.join();
}

// Expected values computed with Python's hashlib.blake2b(digest_size=32).
TEST(Blake2bTest, GivesTheHashesOfAnotherImplementation) {
  Bytes key;
  for (std::uint8_t i = 0; i < 32; ++i) key.push_back(i);
  EXPECT_EQ(hex_encode(blake2b(as_bytes("abc"))),
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
  EXPECT_EQ(hex_encode(blake2b(as_bytes("abc"), key)),
            "d63a32d3e44738d7907f964316c241adaba0abfeabc32349677578a15a203f7f");
}

}  // namespace
}  // namespace icn::crypto
