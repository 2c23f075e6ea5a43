#include <gtest/gtest.h>

#include "codec/date_time.h"
#include "credentials/claim_schema.h"
#include "credentials/sealed_claims.h"
#include "credentials/secured.h"
#include "credentials/status_list.h"
#include "crypto/hash.h"
#include "crypto/key_text.h"

namespace icn::credentials {
namespace {

using codec::Json;

Json parsed(std::string_view text) { return codec::parse_json(text).value(); }

// Origin: w3c/vc-di-eddsa, TestVectors/eddsa-jcs-2022/signedJCS.json at 369f0f00 and
// TestVectors/keyPair.json.
constexpr std::string_view kPublic = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
constexpr std::string_view kSecretHex = "c96ef9ea10c5e414c471723aff9de72c35fa5b70fae97e8832ecac7d2e2b8ed6";
constexpr std::string_view kAlumni = R"({
  "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
  "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
  "type": ["VerifiableCredential", "AlumniCredential"],
  "name": "Alumni Credential",
  "description": "A minimum viable example of an Alumni Credential.",
  "issuer": "https://vc.example/issuers/5678",
  "validFrom": "2023-01-01T00:00:00Z",
  "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
  "proof": {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-jcs-2022",
    "created": "2023-02-24T23:36:38Z",
    "verificationMethod": "https://vc.example/issuers/5678#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
    "proofPurpose": "assertionMethod",
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    "proofValue": "z63t83Y53KfzJ5ZosfKTnqfMcKB2dmTrfjSaQjeNNjAD5srBowQfmWqeRb8rRjmeEuCBEsddF9LsVogtuTsijJKh4"
  }
})";

bool holds(const Json& document) {
  const auto proof = read_proof(document);
  return proof.ok() &&
         crypto::verify(crypto::read_multikey(kPublic).value(), proof->message, proof->signature);
}

TEST(DataIntegrity, TheVectorOfTheStandardHolds) {
  const Json document = parsed(kAlumni);
  EXPECT_TRUE(holds(document));
  const auto key = crypto::SecretKey::from_seed(hex_decode(kSecretHex).value());
  ASSERT_EQ(crypto::multikey_text(key.public_key()), kPublic);
  Json unsigned_document = document;
  unsigned_document.erase("proof");
  const Json again = add_proof(unsigned_document,
                               {KeyId("https://vc.example/issuers/5678#" + std::string(kPublic)),
                                "assertionMethod",
                                codec::read_date_time("2023-02-24T23:36:38Z").value(),
                                {},
                                {}},
                               key);
  EXPECT_EQ(codec::canonical_json(again), codec::canonical_json(document));
}

TEST(DataIntegrity, EveryChangeBreaksTheProof) {
  const Json document = parsed(kAlumni);
  for (const char* member : {"id", "name", "description", "issuer", "validFrom", "credentialSubject"}) {
    Json changed = document;
    changed.set(member, "urn:other");
    EXPECT_FALSE(holds(changed)) << member;
  }
  Json extended = document;
  extended.set("more", true);
  EXPECT_FALSE(holds(extended));
  for (const auto& [member, value] :
       {std::pair("created", "2023-02-24T23:36:39Z"), std::pair("proofPurpose", "authentication"),
        std::pair("verificationMethod", "https://vc.example/issuers/5678#other"),
        std::pair("challenge", "a")}) {
    Json changed = document;
    Json proof = *changed.find("proof");
    proof.set(member, value);
    changed.set("proof", proof);
    EXPECT_FALSE(holds(changed)) << member;
  }
}

// What a context adds after the proof was made is not signed and not taken for signed.
TEST(DataIntegrity, ProofsContextIsTheBeginningOfTheDocuments) {
  Json document = parsed(kAlumni);
  document.find("@context");
  Json::Array contexts = *document.find("@context")->array();
  contexts.emplace_back("https://w3id.org/vdl/v1");
  document.set("@context", contexts);
  EXPECT_TRUE(holds(document));
  contexts.erase(contexts.begin());
  document.set("@context", contexts);
  EXPECT_FALSE(holds(document));
}

std::string code_of_proof(std::string_view member, Json value) {
  Json document = parsed(kAlumni);
  Json proof = *document.find("proof");
  if (value.is_null())
    proof.erase(member);
  else
    proof.set(member, std::move(value));
  document.set("proof", proof);
  const auto read = read_proof(document);
  return read.ok() ? "ok" : std::string(read.error().code());
}

TEST(DataIntegrity, OtherProofsAreRefusedByName) {
  EXPECT_EQ(code_of_proof("type", "Ed25519Signature2020"), "unsupported_proof");
  EXPECT_EQ(code_of_proof("cryptosuite", "eddsa-rdfc-2022"), "unsupported_proof");
  EXPECT_EQ(code_of_proof("cryptosuite", Json()), "I007");
  EXPECT_EQ(code_of_proof("verificationMethod", Json()), "I007");
  EXPECT_EQ(code_of_proof("proofPurpose", 7), "I007");
  EXPECT_EQ(code_of_proof("created", "yesterday"), "I007");
  EXPECT_EQ(code_of_proof("proofValue", "u1234"), "I007");
  EXPECT_EQ(code_of_proof("proofValue", "z1234"), "I007");
  Json document = parsed(kAlumni);
  const Json proof = *document.find("proof");
  document.set("proof", Json::array({proof, proof}));
  EXPECT_TRUE(read_proof(document).error().is(kProofInvalid));
  document.set("proof", Json::array({proof}));
  EXPECT_TRUE(holds(document));
  document.erase("proof");
  EXPECT_TRUE(read_proof(document).error().is(kProofInvalid));
}

std::string code_of(const std::string& member, Json value) {
  Json document = parsed(kAlumni);
  if (value.is_null())
    document.erase(member);
  else
    document.set(member, std::move(value));
  const auto read = read_credential(document);
  return read.ok() ? "ok" : std::string(read.error().code());
}

TEST(CredentialModel, SaysWhatIsWrong) {
  EXPECT_EQ(code_of("name", "Other"), "ok");
  EXPECT_EQ(code_of("@context", Json()), "bad_credential");
  EXPECT_EQ(code_of("@context", Json::array({"https://www.w3.org/2018/credentials/v1"})), "bad_credential");
  EXPECT_EQ(code_of("type", Json::array({"AlumniCredential"})), "bad_credential");
  EXPECT_EQ(code_of("issuer", "somebody"), "bad_credential");
  EXPECT_EQ(code_of("issuer", Json::object({{"id", "did:example:a"}, {"name", "A"}})), "ok");
  EXPECT_EQ(code_of("validFrom", "2023-01-01"), "bad_credential");
  EXPECT_EQ(code_of("validUntil", "2022-12-31T23:59:59Z"), "bad_credential");
  EXPECT_EQ(code_of("credentialSubject", Json()), "bad_credential");
  EXPECT_EQ(code_of("credentialSubject", Json(Json::Object{})), "bad_credential");
  EXPECT_EQ(code_of("credentialSubject", Json::array({Json::object({{"a", 1}}), Json::object({{"b", 1}})})),
            "bad_credential");
  EXPECT_EQ(code_of("credentialStatus", Json::object({{"type", "StatusList2021Entry"}})),
            "unsupported_proof");
  EXPECT_EQ(code_of("credentialStatus", Json::object({{"type", "BitstringStatusListEntry"},
                                                      {"statusPurpose", "revocation"},
                                                      {"statusListIndex", 5},
                                                      {"statusListCredential", "https://a.example/1"}})),
            "bad_credential");
  EXPECT_EQ(code_of("credentialStatus", Json::object({{"type", "BitstringStatusListEntry"},
                                                      {"statusPurpose", "revocation"},
                                                      {"statusListIndex", "5"},
                                                      {"statusListCredential", "https://a.example/1"}})),
            "ok");
  EXPECT_EQ(code_of("credentialSchema", Json::object({{"id", "urn:a"}, {"type", "JsonSchemaValidator2018"}})),
            "unsupported_proof");
  EXPECT_EQ(code_of("icnMetadata", Json::object({{"usageLimit", 0}})), "bad_credential");
  Json many(Json::Object{});
  for (int i = 0; i < 101; ++i) many.set("claim" + std::to_string(i), i);
  EXPECT_EQ(code_of("credentialSubject", many), "bad_credential");
}

// Origin: RFC 8037, A.4 (key of A.1).
TEST(Jws, TheVectorOfTheStandardHolds) {
  const auto key =
      read_jwk(parsed(R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"))
          .value();
  EXPECT_EQ(codec::write_json(public_jwk(key)),
            R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})");
  const std::string input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  const auto secret =
      crypto::SecretKey::from_seed(base64url_decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").value());
  EXPECT_EQ(secret.public_key(), key);
  EXPECT_EQ(base64url_encode(secret.sign(as_bytes(input)).view()),
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
}

std::string b64(std::string_view text) { return base64url_encode(as_bytes(text)); }

TEST(Jws, OtherFormsAreRefused) {
  const std::string signature(86, 'A');
  const auto code = [&](const std::string& text) {
    const auto read = read_jws(text);
    return read.ok() ? "ok" : std::string(read.error().code());
  };
  EXPECT_EQ(code(b64(R"({"alg":"EdDSA"})") + "." + b64("{}") + "." + signature), "ok");
  EXPECT_EQ(code(b64(R"({"alg":"none"})") + "." + b64("{}") + "."), "unsupported_proof");
  EXPECT_EQ(code(b64(R"({"alg":"ES256"})") + "." + b64("{}") + "." + signature), "unsupported_proof");
  EXPECT_EQ(code(b64(R"({"alg":"EdDSA","crit":["b64"],"b64":false})") + "." + b64("{}") + "." + signature),
            "unsupported_proof");
  EXPECT_EQ(code(b64(R"({"alg":"EdDSA"})") + "." + b64("[]") + "." + signature), "I007");
  EXPECT_EQ(code(b64(R"({"alg":"EdDSA"})") + "." + b64("{}")), "I007");
  EXPECT_EQ(code(b64(R"({"alg":"EdDSA"})") + "." + b64("{}") + "." + signature + ".x"), "I007");
  EXPECT_EQ(code(b64(R"({"alg":"EdDSA"})") + "." + b64("{}") + ".AAAA"), "I007");
  EXPECT_EQ(code(b64(R"({"alg":"EdDSA","alg":"none"})") + "." + b64("{}") + "." + signature), "I007");
  EXPECT_EQ(code("!." + b64("{}") + "." + signature), "I007");
}

// Origin: RFC 9901, 4.2.1 and 4.2.3.
TEST(SdJwt, DigestOfTheStandardsDisclosure) {
  SeededRandom random(1);
  const auto key = crypto::SecretKey::generate(random);
  const Json header = parsed(R"({"alg":"EdDSA","typ":"dc+sd-jwt"})");
  const std::string jwt =
      make_jws(header, parsed(R"({"_sd":["X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"]})"), key);
  const auto read =
      read_sd_jwt(jwt + "~WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0~");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(codec::write_json(read->claims), "{\"family_name\":\"M\u00f6bius\"}");
  EXPECT_EQ(read->disclosed, std::vector<std::string>{"family_name"});
}

class SdJwtForm : public ::testing::Test {
 protected:
  std::string code(const std::string& payload, const std::vector<std::string>& disclosures) {
    std::string text = make_jws(header_, parsed(payload), key_) + "~";
    for (const std::string& each : disclosures) text += each + "~";
    const auto read = read_sd_jwt(text);
    return read.ok() ? codec::write_json(read->claims) : std::string(read.error().code());
  }
  static std::string digest(const std::string& disclosure) {
    return '"' + base64url_encode(crypto::sha256(as_bytes(disclosure))) + '"';
  }

  SeededRandom random_{2};
  crypto::SecretKey key_ = crypto::SecretKey::generate(random_);
  Json header_ = parsed(R"({"alg":"EdDSA","typ":"dc+sd-jwt"})");
};

TEST_F(SdJwtForm, FollowsTheRulesOfProcessing) {
  const std::string a = b64(R"(["s","a",1])");
  const std::string b = b64(R"(["s","b",2])");
  const std::string element = b64(R"(["s","x"])");
  EXPECT_EQ(code(R"({"_sd":[)" + digest(a) + "," + digest(b) + "]}", {a}), R"({"a":1})");
  EXPECT_EQ(code(R"({"_sd":[)" + digest(a) + R"(],"_sd_alg":"sha-256"})", {}), "{}");
  EXPECT_EQ(code(R"({"_sd":[)" + digest(a) + R"(],"_sd_alg":"sha-512"})", {}), "unsupported_proof");
  EXPECT_EQ(code(R"({"_sd":[)" + digest(a) + "]}", {a, a}), "I007");
  EXPECT_EQ(code(R"({"_sd":[)" + digest(a) + "," + digest(a) + "]}", {a}), "I007");
  EXPECT_EQ(code(R"({"_sd":[)" + digest(a) + "]}", {a, b}), "I007");
  EXPECT_EQ(code(R"({"a":0,"_sd":[)" + digest(a) + "]}", {a}), "I007");
  EXPECT_EQ(code(R"({"_sd":[)" + digest(element) + "]}", {element}), "I007");
  EXPECT_EQ(code(R"({"l":["y",{"...":)" + digest(element) + "}]}", {element}), R"({"l":["y","x"]})");
  EXPECT_EQ(code(R"({"l":["y",{"...":)" + digest(element) + "}]}", {}), R"({"l":["y"]})");
  EXPECT_EQ(code(R"({"l":[{"...":)" + digest(a) + "}]}", {a}), "I007");
  EXPECT_EQ(code(R"({"...":)" + digest(a) + "}", {a}), "I007");
  EXPECT_EQ(code(R"({"_sd":7})", {}), "I007");
  for (const char* bad :
       {R"(["s","_sd",1])", R"(["s","...",1])", R"(["s"])", R"([1,"a",1])", R"({"a":1})", "x"}) {
    EXPECT_EQ(code(R"({"_sd":[)" + digest(b64(bad)) + "]}", {b64(bad)}), "I007") << bad;
  }
  // A disclosure inside a disclosure.
  const std::string outer = b64(R"(["s","o",{"_sd":[)" + digest(a) + "]}]");
  EXPECT_EQ(code(R"({"_sd":[)" + digest(outer) + "]}", {outer, a}), R"({"o":{"a":1}})");
  EXPECT_EQ(code(R"({"_sd":[)" + digest(outer) + "]}", {a}), "I007");
}

// Origin: Bitstring Status List 1.0, example of a list of 131,072 entries that are all 0.
TEST(StatusLists, TheVectorOfTheStandard) {
  const auto bits =
      decode_status_list("uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA");
  ASSERT_TRUE(bits.ok());
  EXPECT_EQ(*bits, Bytes(131'072 / 8, 0));
}

TEST(StatusLists, TheFirstEntryIsTheLeftmostBit) {
  Bytes bits(kStatusListEntries / 8);
  set_status_bit(bits, 0, true);
  set_status_bit(bits, 10, true);
  EXPECT_EQ(bits[0], 0x80);
  EXPECT_EQ(bits[1], 0x20);
  const auto again = decode_status_list(encode_status_list(bits));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, bits);
  EXPECT_TRUE(status_bit(bits, 10));
  set_status_bit(bits, 10, false);
  EXPECT_FALSE(status_bit(bits, 10));
  EXPECT_FALSE(status_bit(bits, kStatusListEntries));
}

TEST(StatusLists, OthersAreRefused) {
  const std::string good = encode_status_list(Bytes(kStatusListEntries / 8));
  for (const std::string& text :
       {std::string(), std::string("u"), std::string("z123"), good.substr(1), good.substr(0, good.size() - 8),
        good + "AAAA", encode_status_list(Bytes(kStatusListEntries / 8 - 1)),
        encode_status_list(Bytes(kStatusListBytesMax + 1))}) {
    EXPECT_FALSE(decode_status_list(text).ok()) << text.substr(0, 40);
  }
  EXPECT_TRUE(decode_status_list(encode_status_list(Bytes(kStatusListBytesMax))).ok());
}

TEST(ClaimSchemas, KeywordsThatAreNotCheckedAreRefused) {
  for (const char* text : {R"({"pattern":"a"})", R"({"$ref":"#/a"})", R"({"properties":{"a":{"oneOf":[]}}})",
                           R"({"type":"text"})", R"({"type":"array"})", R"({"required":"a"})",
                           R"({"enum":[]})", R"({"minLength":-1})", R"({"format":"email"})",
                           R"({"additionalProperties":{}})", R"({"items":[]})", "[]", R"({"minimum":"1"})"}) {
    const auto checked = check_schema(parsed(text));
    ASSERT_FALSE(checked.ok()) << text;
    EXPECT_TRUE(checked.error().is(kBadSchema));
  }
  for (const StandardSchema& each : standard_schemas())
    EXPECT_TRUE(check_schema(each.schema).ok()) << each.id;
  EXPECT_EQ(standard_schemas().size(), 5u);
}

TEST(ClaimSchemas, ClaimsAreHeldAgainstThem) {
  const Json schema =
      parsed(R"({"type":"object","required":["name"],"additionalProperties":false,"properties":{
    "name":{"type":"string","minLength":2,"maxLength":4},"age":{"type":"integer","minimum":18,"maximum":99},
    "tags":{"type":"array","minItems":1,"maxItems":2,"items":{"enum":["a","b",1]}},
    "since":{"format":"date"},"at":{"format":"date-time"},"home":{"format":"uri"},"did":{"format":"did"},
    "level":{"const":3},"either":{"type":["string","null"]},"deep":{"properties":{"x":{"type":"boolean"}}}}})");
  ASSERT_TRUE(check_schema(schema).ok());
  for (const char* text :
       {R"({"name":"\u00e9\u00e9\u00e9\u00e9"})", R"({"name":"ab","age":18})", R"({"name":"ab","age":99.0})",
        R"({"name":"ab","tags":["a",1]})",
        R"({"name":"ab","since":"2024-02-29","at":"2024-01-01T00:00:00Z"})",
        R"({"name":"ab","home":"https://a","did":"did:key:z"})", R"({"name":"ab","level":3.0})",
        R"({"name":"ab","either":null})", R"({"name":"ab","deep":{"x":true,"y":1}})"}) {
    const auto checked = check_claims(schema, parsed(text));
    EXPECT_TRUE(checked.ok()) << text << (checked.ok() ? "" : checked.error().detail());
  }
  for (const char* text :
       {"{}", R"({"name":"a"})", R"({"name":"abcde"})", R"({"name":5})", R"({"name":"ab","other":1})",
        R"({"name":"ab","age":17})", R"({"name":"ab","age":100})", R"({"name":"ab","age":18.5})",
        R"({"name":"ab","age":1e300})", R"({"name":"ab","tags":[]})", R"({"name":"ab","tags":["a","a","a"]})",
        R"({"name":"ab","tags":["c"]})", R"({"name":"ab","since":"2023-02-29"})",
        R"({"name":"ab","at":"2024-01-01"})", R"({"name":"ab","home":"x y:z"})",
        R"({"name":"ab","did":"did:key"})", R"({"name":"ab","level":4})", R"({"name":"ab","either":1})",
        R"({"name":"ab","deep":{"x":1}})"}) {
    const auto checked = check_claims(schema, parsed(text));
    ASSERT_FALSE(checked.ok()) << text;
    EXPECT_TRUE(checked.error().is(kClaimsRefused));
  }
}

TEST(SealedClaims, OpenForTheirKeyAlone) {
  SeededRandom random(3);
  const auto holder = crypto::SecretKey::generate(random);
  const auto other = crypto::SecretKey::generate(random);
  const Bytes sealed = seal_for(holder.public_key(), as_bytes("my name")).value();
  EXPECT_EQ(as_text(open_sealed(holder, sealed).value().view()), "my name");
  EXPECT_TRUE(open_sealed(other, sealed).error().is(kNotSealedForKey));
  Bytes changed = sealed;
  changed.back() ^= 1;
  EXPECT_FALSE(open_sealed(holder, changed).ok());
  EXPECT_FALSE(open_sealed(holder, ByteView(sealed).first(20)).ok());
}

}  // namespace
}  // namespace icn::credentials
