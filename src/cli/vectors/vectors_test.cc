#include "cli/vectors/vectors.h"

#include <sstream>

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "codec/json.h"

namespace icn::cli {
namespace {

std::string answer(std::string_view line) {
  Vectors vectors;
  return vectors.answer(line);
}

std::string member(std::string_view line, std::string_view name) {
  const auto json = codec::parse_json(answer(line));
  const codec::Json* found = json->find(name);
  if (found == nullptr) return answer(line);
  return found->string() != nullptr ? *found->string() : codec::write_json(*found);
}

// RFC 8032, 7.1, TEST 2.
TEST(Vectors, VerifyEd25519) {
  const std::string key = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
  const std::string signature =
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
  const auto line = [&](const std::string& message) {
    return R"({"op":"ed25519.verify","pk":")" + key + R"(","msg":")" + message + R"(","sig":")" + signature +
           "\"}";
  };
  EXPECT_EQ(answer(line("72")), R"({"ok":true})");
  EXPECT_EQ(answer(line("73")), R"({"ok":false})");
}

TEST(Vectors, AKeyOrSignatureOfAnotherSizeIsNoSignature) {
  EXPECT_EQ(answer(R"({"op":"ed25519.verify","pk":"00","msg":"","sig":""})"), R"({"ok":false})");
}

// RFC 8785, 3.2.2 and 3.2.4.
TEST(Vectors, CanonicaliseJson) {
  const std::string in =
      "{\n  \"numbers\": [333333333.33333329, 1E30, 4.50,\n              2e-3, "
      "0.000000000000000000000000001],\n"
      "  \"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\n"
      "  \"literals\": [null, true, false]\n}";
  const std::string out =
      "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
      "\"string\":\"\xE2\x82\xAC$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
  EXPECT_EQ(answer(R"({"op":"jcs","in":")" + hex_encode(as_bytes(in)) + "\"}"),
            R"({"out":")" + hex_encode(as_bytes(out)) + "\"}");
}

TEST(Vectors, RefuseADuplicateName) {
  EXPECT_NE(
      answer(R"({"op":"jcs","in":")" + hex_encode(as_bytes(R"({"a":1,"a":2})")) + "\"}").find("\"error\""),
      std::string::npos);
}

// multiformats/multibase, tests/basic.csv ("yes mani !").
TEST(Vectors, DecodeAndEncodeMultibase) {
  EXPECT_EQ(answer(R"({"op":"multibase.decode","in":"z7paNL19xttacUY"})"),
            R"({"base":"base58btc","out":"796573206d616e692021"})");
  EXPECT_EQ(answer(R"({"op":"multibase.encode","base":"base32","in":"796573206D616E692021"})"),
            R"({"out":"bpfsxgidnmfxgsibb"})");
  EXPECT_NE(answer(R"({"op":"multibase.decode","in":"?abc"})").find("\"error\""), std::string::npos);
}

// multiformats/multihash, README.
TEST(Vectors, HashIntoAMultihash) {
  EXPECT_EQ(answer(R"({"op":"multihash","fn":"sha2-256","in":"6d756c746968617368"})"),
            R"({"out":"12209cbc07c3f991725836a3aa2a581ca2029198aa420b9d99bc0e131d9f3e2cbe47"})");
}

// DAG-CBOR specification, "Strictness": integers as short as possible.
TEST(Vectors, RoundtripOnlyCanonicalDagCbor) {
  EXPECT_EQ(answer(R"({"op":"dagcbor.roundtrip","in":"a1616101"})"), R"({"out":"a1616101"})");
  EXPECT_EQ(member(R"({"op":"dagcbor.roundtrip","in":"1801"})", "code"), "bad_dag_cbor");
}

// The CID of no bytes: its digest is the SHA-256 of the empty message (FIPS 180-4 examples).
TEST(Vectors, ParseACid) {
  EXPECT_EQ(
      answer(R"({"op":"cid.parse","in":"bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"})"),
      R"({"version":1,"codec":85,"codec_name":"raw",)"
      R"("multihash":"1220e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"})");
}

// (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 <opcode>)), by hand
// after the WebAssembly core specification, 5.5.
std::string module_with(const std::string& opcode) {
  return "0061736d0100000001070160027f7f017f03020100070701036164640000"
         "0a0901070020002001" +
         opcode + "0b";
}

std::string call(const std::string& opcode, const std::string& left, const std::string& right) {
  return answer(R"({"op":"wasm.call","module":")" + module_with(opcode) +
                R"(","function":"add","args":[{"type":"i32","value":")" + left +
                R"("},{"type":"i32","value":")" + right + R"("}]})");
}

TEST(Vectors, CallAModuleWithItsBits) {
  EXPECT_EQ(call("6a", "4294967295", "3"), R"({"results":[{"type":"i32","value":"2"}]})");  // i32.add wraps
  EXPECT_EQ(call("6d", "4294967290", "2"), R"({"results":[{"type":"i32","value":"4294967293"}]})");  // -6 / 2
}

TEST(Vectors, ATrapAnswersItsCode) {
  EXPECT_NE(call("6e", "1", "0").find(R"("trap":"unreachable")"), std::string::npos);  // i32.div_u by zero
}

TEST(Vectors, ValidateAModule) {
  EXPECT_EQ(answer(R"({"op":"wasm.validate","in":")" + module_with("6a") + "\"}"),
            R"({"ok":true,"reason":""})");
  EXPECT_EQ(member(R"({"op":"wasm.validate","in":"0061736d"})", "ok"), "false");
  EXPECT_EQ(member(R"({"op":"wasm.validate","in":")" + module_with("7c") + "\"}", "ok"), "false");  // i64.add
}

TEST(Vectors, WhatIsWrongWithALineIsItsAnswer) {
  EXPECT_NE(member("no json", "error"), "");
  EXPECT_EQ(member("no json", "code"), "malformed");
  EXPECT_EQ(member("{}", "error"), "\"op\" must be a string");
  EXPECT_NE(member(R"({"op":"nonsense"})", "error").find("wasm.call"), std::string::npos);
  EXPECT_EQ(member(R"({"op":"jcs","in":7})", "error"), "\"in\" must be a string");
  EXPECT_EQ(member(R"({"op":"wasm.call","module":"00","function":"f","args":7})", "error"),
            "\"args\" must be an array");
}

TEST(Vectors, EveryLineOfAStreamIsAnsweredInOrder) {
  Vectors vectors;
  std::istringstream in(
      "{\"op\":\"multihash\",\"fn\":\"identity\",\"in\":\"00\"}\r\n\n[]\n{\"op\":\"jcs\",\"in\":\"31\"}");
  std::ostringstream out;
  answer_lines(vectors, in, out);
  EXPECT_EQ(out.str(),
            "{\"out\":\"000100\"}\n{\"error\":\"\\\"op\\\" must be a "
            "string\",\"code\":\"malformed\"}\n{\"out\":\"31\"}\n");
}

}  // namespace
}  // namespace icn::cli
