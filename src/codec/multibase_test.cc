#include "codec/multibase.h"

#include <gtest/gtest.h>

#include "codec/errors.h"

namespace icn::codec {
namespace {

struct Vector {
  std::string_view base;
  std::string_view text;
};

// multiformats/multibase, tests/basic.csv.
constexpr Vector kBasic[] = {
    {"base2", "001111001011001010111001100100000011011010110000101101110011010010010000000100001"},
    {"base8", "7362625631006654133464440102"},
    {"base10", "9573277761329450583662625"},
    {"base16", "f796573206d616e692021"},
    {"base16upper", "F796573206D616E692021"},
    {"base32", "bpfsxgidnmfxgsibb"},
    {"base32upper", "BPFSXGIDNMFXGSIBB"},
    {"base32hex", "vf5in683dc5n6i811"},
    {"base32hexupper", "VF5IN683DC5N6I811"},
    {"base32pad", "cpfsxgidnmfxgsibb"},
    {"base32padupper", "CPFSXGIDNMFXGSIBB"},
    {"base32hexpad", "tf5in683dc5n6i811"},
    {"base32hexpadupper", "TF5IN683DC5N6I811"},
    {"base32z", "hxf1zgedpcfzg1ebb"},
    {"base36", "k2lcpzo5yikidynfl"},
    {"base36upper", "K2LCPZO5YIKIDYNFL"},
    {"base58flickr", "Z7Pznk19XTTzBtx"},
    {"base58btc", "z7paNL19xttacUY"},
    {"base64", "meWVzIG1hbmkgIQ"},
    {"base64pad", "MeWVzIG1hbmkgIQ=="},
    {"base64url", "ueWVzIG1hbmkgIQ"},
    {"base64urlpad", "UeWVzIG1hbmkgIQ=="},
    {"base256emoji", "🚀🏃✋🌈😅🌷🤤😻🌟😅👏"},
};

// multiformats/multibase, tests/leading_zero.csv.
constexpr Vector kLeadingZero[] = {
    {"base2", "00000000001111001011001010111001100100000011011010110000101101110011010010010000000100001"},
    {"base8", "7000745453462015530267151100204"},
    {"base10", "90573277761329450583662625"},
    {"base16", "f00796573206d616e692021"},
    {"base16upper", "F00796573206D616E692021"},
    {"base32", "bab4wk4zanvqw42jaee"},
    {"base32upper", "BAB4WK4ZANVQW42JAEE"},
    {"base32hex", "v01smasp0dlgmsq9044"},
    {"base32hexupper", "V01SMASP0DLGMSQ9044"},
    {"base32pad", "cab4wk4zanvqw42jaee======"},
    {"base32padupper", "CAB4WK4ZANVQW42JAEE======"},
    {"base32hexpad", "t01smasp0dlgmsq9044======"},
    {"base32hexpadupper", "T01SMASP0DLGMSQ9044======"},
    {"base32z", "hybhskh3ypiosh4jyrr"},
    {"base36", "k02lcpzo5yikidynfl"},
    {"base36upper", "K02LCPZO5YIKIDYNFL"},
    {"base58flickr", "Z17Pznk19XTTzBtx"},
    {"base58btc", "z17paNL19xttacUY"},
    {"base64", "mAHllcyBtYW5pICE"},
    {"base64pad", "MAHllcyBtYW5pICE="},
    {"base64url", "uAHllcyBtYW5pICE"},
    {"base64urlpad", "UAHllcyBtYW5pICE="},
    {"base256emoji", "🚀🚀🏃✋🌈😅🌷🤤😻🌟😅👏"},
};

// multiformats/multibase, tests/two_leading_zeros.csv.
constexpr Vector kTwoLeadingZeros[] = {
    {"base2",
     "0000000000000000001111001011001010111001100100000011011010110000101101110011010010010000000100001"},
    {"base8", "700000171312714403326055632220041"},
    {"base10", "900573277761329450583662625"},
    {"base16", "f0000796573206d616e692021"},
    {"base16upper", "F0000796573206D616E692021"},
    {"base32", "baaahszltebwwc3tjeaqq"},
    {"base32upper", "BAAAHSZLTEBWWC3TJEAQQ"},
    {"base32hex", "v0007ipbj41mm2rj940gg"},
    {"base32hexupper", "V0007IPBJ41MM2RJ940GG"},
    {"base32pad", "caaahszltebwwc3tjeaqq===="},
    {"base32padupper", "CAAAHSZLTEBWWC3TJEAQQ===="},
    {"base32hexpad", "t0007ipbj41mm2rj940gg===="},
    {"base32hexpadupper", "T0007IPBJ41MM2RJ940GG===="},
    {"base32z", "hyyy813murbssn5ujryoo"},
    {"base36", "k002lcpzo5yikidynfl"},
    {"base36upper", "K002LCPZO5YIKIDYNFL"},
    {"base58flickr", "Z117Pznk19XTTzBtx"},
    {"base58btc", "z117paNL19xttacUY"},
    {"base64", "mAAB5ZXMgbWFuaSAh"},
    {"base64pad", "MAAB5ZXMgbWFuaSAh"},
    {"base64url", "uAAB5ZXMgbWFuaSAh"},
    {"base64urlpad", "UAAB5ZXMgbWFuaSAh"},
    {"base256emoji", "🚀🚀🚀🏃✋🌈😅🌷🤤😻🌟😅👏"},
};

// multiformats/multibase, tests/case_insensitivity.csv.
constexpr Vector kOtherCase[] = {
    {"base16", "f68656c6c6f20776F726C64"},
    {"base16upper", "F68656c6c6f20776F726C64"},
    {"base32", "bnbswy3dpeB3W64TMMQ"},
    {"base32upper", "Bnbswy3dpeB3W64TMMQ"},
    {"base32hex", "vd1imor3f41RMUSJCCG"},
    {"base32hexupper", "Vd1imor3f41RMUSJCCG"},
    {"base32pad", "cnbswy3dpeB3W64TMMQ======"},
    {"base32padupper", "Cnbswy3dpeB3W64TMMQ======"},
    {"base32hexpad", "td1imor3f41RMUSJCCG======"},
    {"base32hexpadupper", "Td1imor3f41RMUSJCCG======"},
    {"base36", "kfUvrsIvVnfRbjWaJo"},
    {"base36upper", "KfUVrSIVVnFRbJWAJo"},
};

template <std::size_t kCount>
void expect_both_ways(const Vector (&vectors)[kCount], std::string_view plain) {
  for (const Vector& vector : vectors) {
    EXPECT_EQ(multibase_encode(vector.base, as_bytes(plain)).value(), vector.text);
    const Result<MultibaseText> decoded = multibase_decode(vector.text);
    ASSERT_TRUE(decoded.ok()) << vector.text << ": " << decoded.error().detail();
    EXPECT_EQ(decoded->base, vector.base);
    EXPECT_EQ(as_text(decoded->bytes), plain);
  }
}

TEST(Multibase, FollowsThePublishedVectorsBothWays) {
  expect_both_ways(kBasic, "yes mani !");
  expect_both_ways(kLeadingZero, std::string_view("\0yes mani !", 11));
  expect_both_ways(kTwoLeadingZeros, std::string_view("\0\0yes mani !", 12));
}

TEST(Multibase, ReadsTheOtherCaseWhereTheStandardAsksForIt) {
  for (const Vector& vector : kOtherCase) {
    const Result<MultibaseText> decoded = multibase_decode(vector.text);
    ASSERT_TRUE(decoded.ok()) << vector.text;
    EXPECT_EQ(as_text(decoded->bytes), "hello world");
  }
}

TEST(Multibase, RefusesWhatIsNotItsAlphabetOrForm) {
  const std::string_view texts[] = {
      "",        "!abc",  "f0",    "fxy",   "z0OIl",     "bpfsxgidnmfxgsib1",
      "mZh",     "mZg==", "MZg",   "MZg=",  "MZm9v====", "cpfsxgidnmfxgsibb========",
      "z7paNL ", "b77",   "uab+/", "mab-_", "Mab=c",
  };
  for (const std::string_view text : texts) {
    const Result<MultibaseText> decoded = multibase_decode(text);
    ASSERT_FALSE(decoded.ok()) << text;
    EXPECT_TRUE(decoded.error().is(errors::kBadMultibase)) << text;
  }
}

TEST(Multibase, ThePrefixAloneIsNoBytes) {
  for (const Vector& vector : kBasic) {
    const std::string prefix = multibase_encode(vector.base, {}).value();
    ASSERT_LE(prefix.size(), 4u);
    EXPECT_TRUE(multibase_decode(prefix).value().bytes.empty());
  }
}

TEST(Multibase, EveryByteHasItsEmoji) {
  Bytes bytes(256);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  const std::string text = multibase_encode("base256emoji", bytes).value();
  EXPECT_EQ(multibase_decode(text).value().bytes, bytes);
  EXPECT_TRUE(multibase_decode(text + "x").error().is(errors::kBadMultibase));
  EXPECT_TRUE(multibase_decode(text.substr(0, text.size() - 1)).error().is(errors::kBadMultibase));
}

TEST(Multibase, SlowBasesAreBounded) {
  EXPECT_TRUE(multibase_decode("z" + std::string(kRadixTextSizeMax, 'z')).ok());
  EXPECT_TRUE(multibase_decode("z" + std::string(kRadixTextSizeMax + 1, 'z')).error().is(errors::kTooLarge));
  EXPECT_TRUE(multibase_encode("base36", Bytes(5001)).error().is(errors::kTooLarge));
  EXPECT_TRUE(multibase_encode("base99", {}).error().is(errors::kBadMultibase));
}

}  // namespace
}  // namespace icn::codec
