#include "crypto/ed25519.h"

#include "crypto/batch_verifier.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <algorithm>
#include <memory>
#include <string>

#include "crypto/errors.h"

namespace icn::crypto {
namespace {

Bytes from_hex(std::string_view text) {
  auto bytes = hex_decode(text);
  EXPECT_TRUE(bytes.ok()) << text;
  return *bytes;
}

// Any 32 bytes, also those from_bytes() refuses.
PublicKey raw_key(ByteView bytes) {
  PublicKey key;
  std::copy(bytes.begin(), bytes.end(), key.bytes.begin());
  return key;
}

Signature raw_signature(ByteView bytes) {
  Signature signature;
  std::copy(bytes.begin(), bytes.end(), signature.bytes.begin());
  return signature;
}

// The verdict alone, which must be that of a batch of one and of a batch with a good neighbour.
bool verdict(const PublicKey& key, ByteView message, const Signature& signature) {
  const bool alone = verify(key, message, signature);
  SeededRandom random(7);
  const SecretKey neighbour = SecretKey::generate(random);
  const SignedMessage good{neighbour.public_key(), as_bytes("good"), neighbour.sign(as_bytes("good"))};
  const SignedMessage asked{key, message, signature};
  EXPECT_EQ(verify_batch(std::vector{asked}), std::vector{alone});
  EXPECT_EQ(verify_batch(std::vector{asked, good}), (std::vector{alone, true}));
  EXPECT_EQ(verify_batch(std::vector{good, asked, good}), (std::vector{true, alone, true}));
  BatchVerifier remembering(2);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(remembering.verify(std::vector{good, asked, good, asked}),
              (std::vector{true, alone, true, alone}));
  return alone;
}

struct RfcVector {
  const char* seed;
  const char* public_key;
  const char* message;
  const char* signature;
};

// RFC 8032, 7.1: TEST 1, TEST 2, TEST 3, TEST SHA(abc).
constexpr RfcVector kRfcVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
     "d25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
     "387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
     "4a7c15e9716ed28dc027beceea1ec40a"},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
     "454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
     "3dca179c138ac17ad9bef1177331a704"},
};

TEST(Ed25519Test, SignsAndVerifiesTheVectorsOfTheStandard) {
  for (const RfcVector& vector : kRfcVectors) {
    const SecretKey key = SecretKey::from_seed(from_hex(vector.seed));
    const Bytes message = from_hex(vector.message);
    EXPECT_EQ(hex_encode(key.public_key().view()), vector.public_key);
    EXPECT_EQ(hex_encode(key.sign(message).view()), vector.signature);
    EXPECT_EQ(hex_encode(key.seed().view()), vector.seed);
    EXPECT_TRUE(verdict(key.public_key(), message, raw_signature(from_hex(vector.signature))));
  }
}

struct SpeccheckVector {
  const char* message;
  const char* public_key;
  const char* signature;
  bool valid;
};

// The twelve cases of Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs" (2020), published with
// novifinancial/ed25519-speccheck (cases.json), in their order. Our rule says:
//   0, 1      A has small order                                          refused
//   2         R has small order                                          refused
//   3         A and R of mixed order, holds without the cofactor too     valid
//   4         A and R of mixed order, holds only with the cofactor       valid
//   5         as 4, and fails when 8k is reduced modulo L before use      valid
//   6, 7      S >= L                                                     refused
//   8, 9      R is no canonical encoding, and of small order             refused
//   10, 11    A is no canonical encoding, and of small order             refused
constexpr SpeccheckVector kSpeccheckVectors[] = {
    {"8c93255d71dcab10e8f379c26200f3c7bd5f09d9bc3068d3ef4edeb4853022b6",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a00000000000000000000000000000000"
     "00000000000000000000000000000000",
     false},
    {"9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
     "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43a5bb704786be79fc476f91d3f3f89b03"
     "984d8068dcf1bb7dfc6637b45450ac04",
     false},
    {"aebf3f2601a0c8c5d39cc7d8911642f740b78168218da8471772b35f9d35b9ab",
     "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
     "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa8c4bd45aecaca5b24fb97bc10ac27ac8"
     "751a7dfe1baff8b953ec9f5833ca260e",
     false},
    {"9bd9f44f4dcc75bd531b56b2cd280b0bb38fc1cd6d1230e14861d861de092e79",
     "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
     "9046a64750444938de19f227bb80485e92b83fdb4b6506c160484c016cc1852f87909e14428a7a1d62e9f22f3d3ad780"
     "2db02eb2e688b6c52fcd6648a98bd009",
     true},
    {"e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
     "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
     "160a1cb0dc9c0258cd0a7d23e94d8fa878bcb1925f2c64246b2dee1796bed5125ec6bc982a269b723e0668e540911a9a"
     "6a58921d6925e434ab10aa7940551a09",
     true},
    {"e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec4011eaccd55b53f56c",
     "cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d",
     "21122a84e0b5fca4052f5b1235c80a537878b38f3142356b2c2384ebad4668b7e40bc836dac0f71076f9abe3a53f9c03"
     "c1ceeeddb658d0030494ace586687405",
     true},
    {"85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
     "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
     "e96f66be976d82e60150baecff9906684aebb1ef181f67a7189ac78ea23b6c0e547f7690a0e2ddcd04d87dbc3490dc19"
     "b3b3052f7ff0538cb68afb369ba3a514",
     false},
    {"85e241a07d148b41e47d62c63f830dc7a6851a0b1f33ae4bb2f507fb6cffec40",
     "442aad9f089ad9e14647b1ef9099a1ff4798d78589e66f28eca69c11f582a623",
     "8ce5b96c8f26d0ab6c47958c9e68b937104cd36e13c33566acd2fe8d38aa19427e71f98a473474f2f13f06f97c20d58c"
     "c3f54b8bd0d272f42b695dd7e89a8c22",
     false},
    {"9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
     "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff03be9678ac102edcd92b0210bb34d742"
     "8d12ffc5df5f37e359941266a4e35f0f",
     false},
    {"9bedc267423725d473888631ebf45988bad3db83851ee85c85e241a07d148b41",
     "f7badec5b8abeaf699583992219b7b223f1df3fbbea919844e3f7c554a43dd43",
     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffca8c5b64cd208982aa38d4936621a477"
     "5aa233aa0505711d8fdcfdaa943d4908",
     false},
    {"e96b7021eb39c1a163b6da4e3093dcd3f21387da4cc4572be588fafae23c155b",
     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03"
     "984d8068dcf1bb7dfc6637b45450ac04",
     false},
    {"39a591f5321bbe07fd5a23dc2f39d025d74526615746727ceefd6e82ae65c06f",
     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "a9d55260f765261eb9b84e106f665e00b867287a761990d7135963ee0a7d59dca5bb704786be79fc476f91d3f3f89b03"
     "984d8068dcf1bb7dfc6637b45450ac04",
     false},
};

TEST(Ed25519Test, JudgesThePublishedEdgeCasesByOurRule) {
  int number = 0;
  for (const SpeccheckVector& vector : kSpeccheckVectors) {
    EXPECT_EQ(verdict(raw_key(from_hex(vector.public_key)), from_hex(vector.message),
                      raw_signature(from_hex(vector.signature))),
              vector.valid)
        << "case " << number;
    ++number;
  }
  EXPECT_EQ(number, 12);
}

TEST(Ed25519Test, RefusesEncodingsThatAreNotCanonicalOrOfSmallOrder) {
  // The points of small order by multiplication: libsodium calls a point small when 8 P is neutral.
  const char* small_order[] = {"0100000000000000000000000000000000000000000000000000000000000000",
                               "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                               "0000000000000000000000000000000000000000000000000000000000000000",
                               "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                               "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"};
  for (const char* text : small_order) {
    Bytes encoding = from_hex(text);
    EXPECT_FALSE(is_acceptable(encoding)) << text;
    EXPECT_EQ(crypto_core_ed25519_is_valid_point(encoding.data()), 0) << text;
    encoding[31] |= 0x80;
    EXPECT_FALSE(is_acceptable(encoding)) << text << " with the sign";
    EXPECT_TRUE(PublicKey::from_bytes(encoding).error().is(errors::kBadKey));
  }
  Bytes above = from_hex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
  for (int low = 0xed; low <= 0xff; ++low) {  // y = p .. 2^255 - 1
    above[0] = static_cast<std::uint8_t>(low);
    EXPECT_FALSE(is_acceptable(above)) << low;
  }
  Bytes below = from_hex("ebffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
  EXPECT_TRUE(is_acceptable(below)) << "y = p - 2";
  EXPECT_FALSE(PublicKey::from_bytes(Bytes(31)).ok());
  EXPECT_FALSE(Signature::from_bytes(Bytes(63)).ok());
}

TEST(Ed25519Test, RefusesAPointThatIsNotOnTheCurve) {
  // y = 2: (y^2 - 1) / (d y^2 + 1) is no square modulo p.
  Bytes encoding(32);
  encoding[0] = 2;
  SeededRandom random(1);
  const SecretKey key = SecretKey::generate(random);
  const Signature signature = key.sign(as_bytes("m"));
  EXPECT_FALSE(verdict(raw_key(encoding), as_bytes("m"), signature));
}

// S + L signs the same by the equation; only the range check tells them apart.
TEST(Ed25519Test, RefusesAnSThatIsNotReduced) {
  SeededRandom random(2);
  const SecretKey key = SecretKey::generate(random);
  const Signature good = key.sign(as_bytes("m"));
  const Bytes order = from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  Signature shifted = good;
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    const unsigned sum = good.bytes[32 + i] + order[i] + carry;
    shifted.bytes[32 + i] = static_cast<std::uint8_t>(sum);
    carry = sum >> 8;
  }
  EXPECT_TRUE(verdict(key.public_key(), as_bytes("m"), good));
  EXPECT_FALSE(verdict(key.public_key(), as_bytes("m"), shifted));
}

// A signature whose R and A carry the given multiples of a point of order 8. The cofactored equation
// holds for all of them, the one without the cofactor for hardly any.
SignedMessage torsion_signature(int r_multiple, int a_multiple, ByteView message) {
  const Bytes torsion = from_hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
  SeededRandom random(static_cast<std::uint64_t>(r_multiple * 8 + a_multiple + 100));
  auto scalar = [&] {
    std::array<std::uint8_t, 32> out;
    const Bytes wide = random.bytes(64);
    crypto_core_ed25519_scalar_reduce(out.data(), wide.data());
    return out;
  };
  auto point = [&](const std::array<std::uint8_t, 32>& factor, int multiple) {
    std::array<std::uint8_t, 32> out;
    EXPECT_EQ(crypto_scalarmult_ed25519_base_noclamp(out.data(), factor.data()), 0);
    for (int i = 0; i < multiple; ++i) {
      EXPECT_EQ(crypto_core_ed25519_add(out.data(), out.data(), torsion.data()), 0);
    }
    return out;
  };
  const auto a = scalar();
  const auto r = scalar();
  SignedMessage out;
  out.key.bytes = point(a, a_multiple);
  out.message = message;
  const auto big_r = point(r, r_multiple);
  crypto_hash_sha512_state hash;
  std::array<std::uint8_t, 64> wide;
  crypto_hash_sha512_init(&hash);
  crypto_hash_sha512_update(&hash, big_r.data(), 32);
  crypto_hash_sha512_update(&hash, out.key.bytes.data(), 32);
  crypto_hash_sha512_update(&hash, message.data(), message.size());
  crypto_hash_sha512_final(&hash, wide.data());
  std::array<std::uint8_t, 32> k;
  std::array<std::uint8_t, 32> s;
  crypto_core_ed25519_scalar_reduce(k.data(), wide.data());
  crypto_core_ed25519_scalar_mul(s.data(), k.data(), a.data());
  crypto_core_ed25519_scalar_add(s.data(), s.data(), r.data());
  std::copy(big_r.begin(), big_r.end(), out.signature.bytes.begin());
  std::copy(s.begin(), s.end(), out.signature.bytes.begin() + 32);
  return out;
}

bool openssl_verify(const SignedMessage& item) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, item.key.bytes.data(), 32), &EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  return key != nullptr && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), item.signature.bytes.data(), 64, item.message.data(),
                          item.message.size()) == 1;
}

TEST(Ed25519Test, TorsionHasOneAnswerAloneAndInEveryBatch) {
  const ByteView message = as_bytes("torsion");
  SeededRandom random(3);
  std::vector<SignedMessage> good;
  for (int i = 0; i < 64; ++i) {
    const SecretKey key = SecretKey::generate(random);
    good.push_back({key.public_key(), message, key.sign(message)});
  }
  int without_cofactor = 0;
  for (int r_multiple = 0; r_multiple < 8; ++r_multiple) {
    for (int a_multiple : {0, 1, 4}) {
      const SignedMessage item = torsion_signature(r_multiple, a_multiple, message);
      EXPECT_TRUE(verdict(item.key, message, item.signature)) << r_multiple << " " << a_multiple;
      without_cofactor += openssl_verify(item) ? 1 : 0;
    }
  }
  EXPECT_LT(without_cofactor, 12) << "these signatures carry no torsion: the test shows nothing";
  for (int r_multiple : {1, 2, 4}) {
    const SignedMessage item = torsion_signature(r_multiple, r_multiple - 1, message);
    for (std::size_t size = 2; size <= 64; size = size < 8 ? size + 1 : size * 2) {
      for (std::size_t place = 0; place < size; ++place) {
        std::vector<SignedMessage> batch(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
        batch[place] = item;
        ASSERT_EQ(verify_batch(batch), std::vector<bool>(size, true)) << size << " at " << place;
      }
    }
  }
}

// All torsion components together, so that they could cancel or add up.
TEST(Ed25519Test, TorsionDoesNotCancelWithinABatch) {
  const ByteView message = as_bytes("torsion");
  std::vector<SignedMessage> batch;
  for (int i = 1; i < 8; ++i) batch.push_back(torsion_signature(i, 8 - i, message));
  do {
    ASSERT_EQ(verify_batch(batch), std::vector<bool>(batch.size(), true));
    std::rotate(batch.begin(), batch.begin() + 1, batch.end());
  } while (batch[0].key != torsion_signature(1, 7, message).key);
}

TEST(Ed25519Test, FindsEveryBadSignatureWhateverTheirPattern) {
  SeededRandom random(4);
  std::vector<std::string> messages;
  std::vector<SignedMessage> good;
  for (int i = 0; i < 40; ++i) messages.push_back("message " + std::to_string(i));
  for (const std::string& text : messages) {
    const SecretKey key = SecretKey::generate(random);
    good.push_back({key.public_key(), as_bytes(text), key.sign(as_bytes(text))});
  }
  BatchVerifier remembering(32);  // fewer than there are keys: it forgets meanwhile
  for (int round = 0; round < 200; ++round) {
    const std::size_t size = 1 + random.below(40);
    const std::uint64_t one_in = 1 + random.below(20);
    std::vector<SignedMessage> batch(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
    std::vector<bool> expected(size, true);
    for (std::size_t i = 0; i < size; ++i) {
      if (random.below(one_in) != 0) continue;
      const std::uint64_t byte = random.below(96);
      const auto flip = static_cast<std::uint8_t>(1u << random.below(8));
      (byte < 64 ? batch[i].signature.bytes[byte] : batch[i].key.bytes[byte - 64]) ^= flip;
      expected[i] = false;
    }
    ASSERT_EQ(verify_batch(batch), expected) << "round " << round;
    ASSERT_EQ(remembering.verify(batch), expected) << "round " << round;
    for (std::size_t i = 0; i < size; ++i) ASSERT_EQ(openssl_verify(batch[i]), expected[i]);
  }
  EXPECT_TRUE(verify_batch({}).empty());
}

TEST(Ed25519Test, GeneratesADifferentKeyEachTime) {
  SystemRandom random;
  EXPECT_NE(SecretKey::generate(random).public_key(), SecretKey::generate(random).public_key());
}

TEST(SecretBytesTest, MovesAndEmpties) {
  SecretBytes first(as_bytes("secret"));
  SecretBytes second(std::move(first));
  EXPECT_EQ(as_text(second.view()), "secret");
  SecretBytes third;
  third = std::move(second);
  EXPECT_EQ(as_text(third.view()), "secret");
  EXPECT_EQ(SecretBytes(4).view()[3], 0);
  SecretBytes plain(as_bytes("secret"), SecretMemory::kPlain);
  plain = std::move(third);
  EXPECT_EQ(as_text(plain.view()), "secret");
  EXPECT_TRUE(SecretBytes().empty());
}

}  // namespace
}  // namespace icn::crypto
