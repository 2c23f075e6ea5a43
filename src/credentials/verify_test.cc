#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "credentials/offline_evidence.h"
#include "credentials/status_list.h"
#include "crypto/hash.h"
#include "crypto/key_text.h"

namespace icn::credentials {
namespace {

using codec::Json;

constexpr TimestampSecs kNow = 1'780'000'000;
constexpr char kListUrl[] = "https://node.example/identity/status-lists/1";

crypto::SecretKey key_of(const std::string& name) {
  return crypto::SecretKey::from_seed(crypto::sha256(as_bytes(name)));
}
std::string did_of(const std::string& name) { return crypto::did_key(key_of(name).public_key()).text(); }
KeyId method_of(const std::string& name) { return crypto::did_key_method(key_of(name).public_key()); }

Credential membership() {
  Credential out;
  out.id = "urn:uuid:5d0d5a1e-0f5c-4f7c-9d5e-2f5c0a3f1b11";
  out.types = {"OrganizationMember"};
  out.issuer = did_of("bakery");
  out.holder = did_of("alice");
  out.valid_from = kNow - 100;
  out.valid_until = kNow + 1'000;
  out.schema = "icn:cooperative:membership:v1";
  out.claims = codec::parse_json(R"({"role":"baker","scope":"Basel","voting":true})").value();
  return out;
}

class Verifying : public ::testing::TestWithParam<Format> {
 protected:
  Verifying() {
    options_.now = kNow;
    evidence_.add_authority(did_of("node"));
  }

  Json issue(const Credential& credential, const std::string& signer = "bakery") {
    const auto key = key_of(signer);
    Issuing issuing{method_of(signer), key, kNow - 50, GetParam()};
    if (GetParam() == Format::kSdJwt) {
      issuing.disclosable = {"role", "scope"};
      issuing.holder_key = key_of("alice").public_key();
    }
    return secure_credential(credential_document(credential), issuing, random_).value();
  }

  // Names of the checks that do not hold, with commas.
  std::string failing(const Json& value) {
    const Verification verification = verify(value, options_, evidence_);
    std::string out;
    for (const Check& each : verification.checks) {
      if (!each.ok) out += (out.empty() ? "" : ",") + each.name;
    }
    EXPECT_EQ(verification.verified, out.empty());
    return out;
  }

  Json status_list(const std::string& purpose, const std::vector<std::uint64_t>& set,
                   TimestampSecs made_at = kNow - 10, const std::string& signer = "node") {
    Bytes bits(kStatusListEntries / 8);
    for (const std::uint64_t each : set) set_status_bit(bits, each, true);
    return add_proof(status_list_document({kListUrl, did_of(signer), purpose, made_at}, bits),
                     {method_of(signer), "assertionMethod", made_at, {}, {}}, key_of(signer));
  }

  SeededRandom random_{7};
  OfflineEvidence evidence_{kNow};
  VerifyOptions options_;
};

TEST_P(Verifying, AGoodOneHolds) {
  const Json good = issue(membership());
  const Verification verification = verify(good, options_, evidence_);
  EXPECT_TRUE(verification.verified);
  std::string names;
  for (const Check& each : verification.checks) names += each.name + " ";
  EXPECT_EQ(names, "form schema issuer signature validity status holder usage trust ");
  EXPECT_EQ(codec::canonical_json(*verification.disclosed), codec::canonical_json(membership().claims));
}

TEST_P(Verifying, EachCheckCanFailAlone) {
  Credential changed = membership();
  changed.claims.set("voting", "yes");
  EXPECT_EQ(failing(issue(changed)), "schema");
  changed = membership();
  changed.schema = "icn:cooperative:unheard_of:v1";
  EXPECT_EQ(failing(issue(changed)), "schema");
  changed = membership();
  changed.valid_until = kNow - 1;
  EXPECT_EQ(failing(issue(changed)), "validity");
  changed = membership();
  changed.valid_from = kNow + kClockSkewSecs + 1;
  EXPECT_EQ(failing(issue(changed)), "validity");
  changed = membership();
  changed.statuses = {{"revocation", kListUrl, 7}};
  EXPECT_EQ(failing(issue(changed)), "status");
  changed = membership();
  changed.terms.usage_limit = 3;
  EXPECT_EQ(failing(issue(changed)), "usage");
  EXPECT_EQ(failing(issue(membership(), "mallory")), "issuer,signature");
  options_.challenge = "c1";
  EXPECT_EQ(failing(issue(membership())), "holder");
  options_.challenge.reset();
  options_.trusted_issuers = {{did_of("farm")}};
  EXPECT_EQ(failing(issue(membership())), "trust");
  options_.trusted_issuers = {{did_of("farm"), did_of("bakery")}};
  EXPECT_EQ(failing(issue(membership())), "");
  changed = membership();
  changed.terms.valid_contexts = {"housing"};
  options_.context = "mesh";
  EXPECT_EQ(failing(issue(changed)), "trust");
  options_.context = "housing";
  EXPECT_EQ(failing(issue(changed)), "");
}

TEST_P(Verifying, AForeignSignatureIsNotTheIssuers) {
  const auto mallory = key_of("mallory");
  Issuing issuing{method_of("bakery"), mallory, kNow - 50, GetParam()};
  EXPECT_EQ(failing(secure_credential(credential_document(membership()), issuing, random_).value()),
            "signature");
}

TEST_P(Verifying, StatusComesFromASignedFreshList) {
  Credential listed = membership();
  listed.statuses = {{"revocation", kListUrl, 94'567}};
  const Json credential = issue(listed);
  const auto with = [&](const Json& list) {
    OfflineEvidence evidence(kNow);
    evidence.add_authority(did_of("node"));
    EXPECT_TRUE(evidence.add_status_list(list).ok());
    const Verification verification = verify(credential, options_, evidence);
    return verification.verified ? std::string("ok") : verification.checks[5].reason;
  };
  EXPECT_EQ(with(status_list("revocation", {94'566, 94'568})), "ok");
  EXPECT_NE(with(status_list("revocation", {94'567})).find("revoked"), std::string::npos);
  EXPECT_NE(with(status_list("suspension", {})).find("does not hold"), std::string::npos);
  EXPECT_NE(with(status_list("revocation", {}, kNow - 86'401)).find("expired"), std::string::npos);
  EXPECT_NE(with(status_list("revocation", {}, kNow + 100)).find("not valid yet"), std::string::npos);
  EXPECT_NE(with(status_list("revocation", {}, kNow, "mallory")).find("nobody named"), std::string::npos);
  EXPECT_EQ(with(status_list("revocation", {}, kNow, "bakery")), "ok");
  Json forged = status_list("revocation", {94'567});
  forged.set("credentialSubject", *status_list("revocation", {}).find("credentialSubject"));
  EXPECT_NE(with(forged).find("signature"), std::string::npos);
}

TEST_P(Verifying, APresentationAnswersAChallenge) {
  const Json credential = issue(membership());
  const auto shown_by = [&](const std::string& name) {
    const auto key = key_of(name);
    return make_presentation({credential}, {did_of(name), method_of(name), key, kNow, "c1", "shop.example"});
  };
  options_.challenge = "c1";
  options_.domain = "shop.example";
  EXPECT_EQ(failing(shown_by("alice")), "");
  EXPECT_EQ(failing(shown_by("mallory")), "holder");
  options_.challenge = "c2";
  EXPECT_EQ(failing(shown_by("alice")), "holder,holder");
  options_.challenge = "c1";
  options_.domain = "other.example";
  EXPECT_EQ(failing(shown_by("alice")), "holder,holder");
  options_.domain.reset();
  Json changed = shown_by("alice");
  changed.set("holder", did_of("mallory"));
  EXPECT_EQ(failing(changed), "signature,holder,holder");
  options_.now = kNow - kClockSkewSecs - 1;
  EXPECT_NE(failing(shown_by("alice")), "");
}

INSTANTIATE_TEST_SUITE_P(Formats, Verifying,
                         ::testing::Values(Format::kDataIntegrity, Format::kJwt, Format::kSdJwt),
                         [](const auto& each) {
                           return each.param == Format::kDataIntegrity ? "DataIntegrity"
                                  : each.param == Format::kJwt         ? "Jwt"
                                                                       : "SdJwt";
                         });

class Disclosing : public ::testing::Test {
 protected:
  Disclosing() {
    const auto bakery = key_of("bakery");
    Issuing issuing{method_of("bakery"), bakery, kNow - 50, Format::kSdJwt, {"role", "scope"},
                    alice_.public_key()};
    whole_ = *secure_credential(credential_document(membership()), issuing, random_).value().string();
    options_.now = kNow;
    options_.challenge = "n1";
    options_.domain = "https://shop.example";
  }

  std::string holder_check(const std::string& text) {
    const Verification verification = verify(Json(text), options_, evidence_);
    for (const Check& each : verification.checks) {
      if (each.name == "holder") return each.ok ? "ok" : each.reason;
    }
    return verification.checks.at(0).reason;
  }

  SeededRandom random_{8};
  crypto::SecretKey alice_ = key_of("alice");
  OfflineEvidence evidence_{kNow};
  VerifyOptions options_;
  std::string whole_;
};

TEST_F(Disclosing, ShowsWhatWasChosenAndNoMore) {
  const std::string selected = select_disclosures(whole_, {"role"}).value();
  const std::string shown =
      bind_key(selected, "https://shop.example", "n1", kNow, method_of("alice"), alice_);
  const Verification verification = verify(Json(shown), options_, evidence_);
  EXPECT_TRUE(verification.verified);
  EXPECT_EQ(codec::canonical_json(*verification.disclosed), R"({"role":"baker","voting":true})");
  EXPECT_EQ(selected.find(base64url_encode(as_bytes("Basel"))), std::string::npos);
  EXPECT_EQ(credential_cid(Json(shown)), credential_cid(Json(whole_)));
  EXPECT_TRUE(select_disclosures(whole_, {"voting"}).error().is(kNotDisclosable));
  EXPECT_TRUE(select_disclosures(whole_, {"role", "role"}).error().is(kNotDisclosable));
}

TEST_F(Disclosing, KeyBindingIsForOneVerifierAndOneSelection) {
  const std::string selected = select_disclosures(whole_, {"role"}).value();
  const auto bound = [&](const char* audience, const char* nonce, const std::string& by) {
    return bind_key(selected, audience, nonce, kNow, method_of(by), key_of(by));
  };
  const std::string good = bound("https://shop.example", "n1", "alice");
  EXPECT_EQ(holder_check(good), "ok");
  EXPECT_NE(holder_check(bound("https://other.example", "n1", "alice")).find("domain"), std::string::npos);
  EXPECT_NE(holder_check(bound("https://shop.example", "n2", "alice")).find("challenge"), std::string::npos);
  EXPECT_NE(holder_check(bound("https://shop.example", "n1", "mallory")).find("not signed"),
            std::string::npos);
  EXPECT_NE(holder_check(selected).find("challenge"), std::string::npos);
  // The binding of one selection under another one.
  const std::string other = select_disclosures(whole_, {"scope"}).value() + good.substr(good.rfind('~') + 1);
  EXPECT_NE(holder_check(other).find("other disclosures"), std::string::npos);
}

TEST_F(Disclosing, RegisteredClaimsAreNeverLeftToDisclosure) {
  const auto bakery = key_of("bakery");
  const Json header =
      Json::object({{"alg", "EdDSA"}, {"typ", "dc+sd-jwt"}, {"kid", method_of("bakery").text()}});
  const Json payload = Json::object({{"iss", did_of("bakery")}, {"vct", "Skill"}, {"skill", "baking"}});
  for (const char* name : {"exp", "nbf", "cnf", "status", "credentialStatus"}) {
    const std::string text = issue_sd_jwt(header, payload, {{name, Json(std::int64_t{1})}}, bakery, random_);
    EXPECT_FALSE(read_secured_credential(Json(text)).ok()) << name;
  }
  EXPECT_TRUE(
      read_secured_credential(Json(issue_sd_jwt(header, payload, {{"level", 3}}, bakery, random_))).ok());
}

TEST_F(Disclosing, OtherKindsOfTokensAreRefusedByName) {
  const auto bakery = key_of("bakery");
  const Json payload = Json::object({{"iss", did_of("bakery")}, {"vct", "Skill"}, {"skill", "baking"}});
  for (const char* type : {"JWT", "vp+jwt", "kb+jwt", "vc+jwt"}) {
    const Json header = Json::object({{"alg", "EdDSA"}, {"typ", type}, {"kid", method_of("bakery").text()}});
    const auto read = read_secured_credential(Json(issue_sd_jwt(header, payload, {}, bakery, random_)));
    ASSERT_FALSE(read.ok());
    EXPECT_TRUE(read.error().is(kUnsupportedProof)) << type;
  }
  const Json header = Json::object({{"alg", "EdDSA"}, {"typ", "JWT"}});
  EXPECT_TRUE(read_secured_credential(Json(make_jws(header, payload, bakery))).error().is(kUnsupportedProof));
  const Json older = Json::object({{"alg", "EdDSA"}, {"typ", "vc+jwt"}});
  const Json claim = Json::object({{"vc", Json(Json::Object{})}});
  EXPECT_TRUE(read_secured_credential(Json(make_jws(older, claim, bakery))).error().is(kUnsupportedProof));
}

}  // namespace
}  // namespace icn::credentials
