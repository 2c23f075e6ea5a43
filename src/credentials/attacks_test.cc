#include <gtest/gtest.h>

#include "codec/date_time.h"
#include "credentials/offline_evidence.h"
#include "credentials/status_list.h"
#include "crypto/hash.h"
#include "crypto/key_text.h"

// What somebody who holds real credentials, or a web server, could try.
namespace icn::credentials {
namespace {

using codec::Json;

constexpr TimestampSecs kNow = 1'780'000'000;

crypto::SecretKey key_of(const std::string& name) {
  return crypto::SecretKey::from_seed(crypto::sha256(as_bytes(name)));
}
std::string did_of(const std::string& name) { return crypto::did_key(key_of(name).public_key()).text(); }
KeyId method_of(const std::string& name) { return crypto::did_key_method(key_of(name).public_key()); }
Json parsed(std::string_view text) { return codec::parse_json(text).value(); }

Credential skill() {
  Credential out;
  out.id = "urn:uuid:5d0d5a1e-0f5c-4f7c-9d5e-2f5c0a3f1b11";
  out.types = {"Skill"};
  out.issuer = did_of("bakery");
  out.holder = did_of("alice");
  out.valid_from = kNow - 100;
  out.valid_until = kNow + 1'000;
  out.claims = parsed(R"({"skill":"rye","level":3})");
  return out;
}

class Attacks : public ::testing::Test {
 protected:
  Attacks() { options_.now = kNow; }

  Json issue(const Credential& credential, Format format = Format::kDataIntegrity) {
    const auto key = key_of("bakery");
    Issuing issuing{method_of("bakery"), key, kNow - 50, format};
    if (format == Format::kSdJwt) {
      issuing.disclosable = {"skill"};
      issuing.holder_key = key_of("alice").public_key();
    }
    return secure_credential(credential_document(credential), issuing, random_).value();
  }

  // An SD-JWT of the bakery's with these claims in the clear.
  Json token(const Json& more) {
    Json payload = Json::object({{"iss", did_of("bakery")}, {"vct", "Skill"}, {"skill", "rye"}});
    for (const auto& [name, value] : *more.object()) payload.set(name, value);
    const Json header =
        Json::object({{"alg", "EdDSA"}, {"typ", "dc+sd-jwt"}, {"kid", method_of("bakery").text()}});
    return Json(issue_sd_jwt(header, payload, {}, key_of("bakery"), random_));
  }

  Json presented(const std::string& by, const Json& credential) {
    const auto key = key_of(by);
    return make_presentation({credential}, {did_of(by), method_of(by), key, kNow, "c1", "shop.example"});
  }

  std::string failing(const Json& value) {
    std::string out;
    for (const Check& each : verify(value, options_, evidence_).checks) {
      if (!each.ok) out += (out.empty() ? "" : ",") + each.name;
    }
    return out;
  }
  std::string reason(const Json& value, const std::string& check) {
    for (const Check& each : verify(value, options_, evidence_).checks) {
      if (each.name == check && !each.ok) return each.reason;
    }
    return "";
  }

  SeededRandom random_{11};
  OfflineEvidence evidence_{kNow};
  VerifyOptions options_;
};

// Mallory was shown Alice's credential and shows it on, key binding included, in a presentation of her own.
TEST_F(Attacks, AKeyBindingInsideAPresentationStandsForNobody) {
  const std::string whole = *issue(skill(), Format::kSdJwt).string();
  const Json bound(bind_key(select_disclosures(whole, {"skill"}).value(), "https://mallory.example", "old",
                            kNow - 40, method_of("alice"), key_of("alice")));
  options_.challenge = "c1";
  options_.domain = "shop.example";
  EXPECT_EQ(failing(presented("mallory", bound)), "holder");
  EXPECT_EQ(failing(presented("alice", bound)), "");
  // Bound to a key and to no DID: the key must be the presenter's.
  const Json bearer =
      token(Json::object({{"cnf", Json::object({{"jwk", public_jwk(key_of("alice").public_key())}})}}));
  EXPECT_EQ(failing(presented("mallory", bearer)), "holder");
  EXPECT_EQ(failing(presented("alice", bearer)), "");
}

TEST_F(Attacks, ADomainThatIsAskedForNeedsTheHolderToo) {
  options_.domain = "shop.example";
  EXPECT_EQ(failing(issue(skill())), "holder");
}

// A status that nobody here can read is not the same as none.
TEST_F(Attacks, AnUnknownKindOfStatusIsUnknown) {
  const Json listed =
      token(parsed(R"({"status":{"status_list":{"idx":0,"uri":"https://a.example/statuslists/1"}}})"));
  EXPECT_EQ(failing(listed), "status");
  EXPECT_NE(reason(listed, "status").find("status.status_list"), std::string::npos);
  EXPECT_EQ(failing(token(Json(Json::Object{}))), "");
}

// The signature is over doubles: no digit is shown that it does not cover.
TEST_F(Attacks, DigitsBeyondADoubleAreNotShown) {
  Credential exact = skill();
  exact.claims = parsed(R"({"shares":9007199254740992,"ratio":0.1})");
  std::string text = codec::write_json(issue(exact));
  const auto replace = [&](const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
  };
  replace("9007199254740992", "9007199254740993");
  replace("0.1", "0.10000000000000000001");
  const Verification verification = verify(parsed(text), options_, evidence_);
  EXPECT_TRUE(verification.verified);
  EXPECT_EQ(codec::write_json(*verification.disclosed), R"({"shares":9007199254740992,"ratio":0.1})");
}

TEST_F(Attacks, AProofOfTheFutureIsNone) {
  const Json early =
      add_proof(credential_document(skill()), {method_of("bakery"), "assertionMethod", kNow + 3'600, {}, {}},
                key_of("bakery"));
  EXPECT_EQ(failing(early), "validity");
}

TEST_F(Attacks, AProofForAuthenticationAssertsNothing) {
  const Json wrong = add_proof(credential_document(skill()),
                               {method_of("bakery"), "authentication", kNow, {}, {}}, key_of("bakery"));
  EXPECT_EQ(failing(wrong), "issuer,signature");
}

TEST_F(Attacks, KeysOfADocumentAreHeldToWhatItSays) {
  const std::string did = "did:web:bakery.example";
  Credential credential = skill();
  credential.issuer = did;
  const KeyId method(did + "#k");
  const Json signed_credential = add_proof(credential_document(credential),
                                           {method, "assertionMethod", kNow - 50, {}, {}}, key_of("bakery"));
  const auto with = [&](const std::string& member, Json value, const char* relation = "assertionMethod") {
    Json key = Json::object({{"id", "#k"},
                             {"type", "Multikey"},
                             {"controller", did},
                             {"publicKeyMultibase", crypto::multikey_text(key_of("bakery").public_key())}});
    if (!member.empty()) key.set(member, std::move(value));
    OfflineEvidence evidence(kNow);
    EXPECT_TRUE(
        evidence
            .add_document(Json::object(
                {{"id", did}, {"verificationMethod", Json::array({key})}, {relation, Json::array({"#k"})}}))
            .ok());
    const auto checks = verify(signed_credential, options_, evidence).checks;
    return checks[2].ok && checks[3].ok;
  };
  EXPECT_TRUE(with("", {}));
  EXPECT_TRUE(with("expires", codec::write_date_time(kNow + 1)));
  EXPECT_FALSE(with("expires", codec::write_date_time(kNow)));
  EXPECT_FALSE(with("revoked", codec::write_date_time(kNow - 1)));
  EXPECT_FALSE(with("revoked", "some day"));
  EXPECT_FALSE(with("controller", "did:web:mallory.example"));
  EXPECT_FALSE(with("", {}, "authentication"));
  EXPECT_FALSE(with("publicKeyMultibase", crypto::multikey_text(key_of("mallory").public_key())));
}

class Lists : public Attacks {
 protected:
  Lists() { listed_.statuses = {{"revocation", kUrl, 5}}; }

  Json document(const std::string& issuer, TimestampSecs made_at, const std::vector<std::uint64_t>& set) {
    Bytes bits(kStatusListEntries / 8);
    for (const std::uint64_t each : set) set_status_bit(bits, each, true);
    return status_list_document({kUrl, did_of(issuer), "revocation", made_at}, bits);
  }
  Json signed_by(const std::string& name, Json document) {
    return add_proof(std::move(document), {method_of(name), "assertionMethod", kNow - 10, {}, {}},
                     key_of(name));
  }
  std::string fetched(const std::string& url, const Json& list) {
    OfflineEvidence evidence(kNow);
    if (const auto added = evidence.add_fetched_list(url, list); !added.ok()) return added.error().detail();
    const auto checks = verify(issue(listed_), options_, evidence).checks;
    return checks[5].ok ? "ok" : checks[5].reason;
  }

  static constexpr char kUrl[] = "https://lists.example/1";
  Credential listed_ = skill();
};

// Whoever keeps the list at the address that the issuer signed speaks for it; as old as its own end allows.
TEST_F(Lists, AFetchedListCountsUntilItEnds) {
  Json lasting = document("registry", kNow - 1'000'000, {4, 6});
  lasting.erase("validUntil");
  EXPECT_EQ(fetched(kUrl, signed_by("registry", lasting)), "ok");
  EXPECT_NE(fetched(kUrl, signed_by("registry", document("registry", kNow - 90'000, {}))).find("expired"),
            std::string::npos);
  EXPECT_NE(fetched(kUrl, signed_by("registry", document("registry", kNow, {5}))).find("revoked"),
            std::string::npos);
  EXPECT_NE(
      fetched(kUrl, signed_by("mallory", document("registry", kNow, {}))).find("another than its issuer"),
      std::string::npos);
  Json forged = signed_by("registry", document("registry", kNow, {5}));
  forged.set("credentialSubject", *document("registry", kNow, {}).find("credentialSubject"));
  EXPECT_NE(fetched(kUrl, forged).find("signature"), std::string::npos);
}

// One that was brought could be kept back since: it counts for a day, whatever it says of its end.
TEST_F(Lists, AListThatWasBroughtCountsForADay) {
  const auto brought = [&](TimestampSecs made_at) {
    Json lasting = document("bakery", made_at, {});
    lasting.erase("validUntil");
    OfflineEvidence evidence(kNow);
    EXPECT_TRUE(evidence.add_status_list(signed_by("bakery", lasting)).ok());
    const auto checks = verify(issue(listed_), options_, evidence).checks;
    return checks[5].ok ? std::string("ok") : checks[5].reason;
  };
  EXPECT_EQ(brought(kNow - 86'400), "ok");
  EXPECT_NE(brought(kNow - 86'401).find("older than a day"), std::string::npos);
}

TEST_F(Lists, AListOfAnotherAddressIsAnother) {
  const Json list = signed_by("registry", document("registry", kNow, {}));
  EXPECT_NE(fetched("https://lists.example/2", list).find(kUrl), std::string::npos);
}

TEST_F(Lists, InOtherFormsTheyAreRead) {
  Json several = document("registry", kNow, {5});
  Json subject = *several.find("credentialSubject");
  subject.set("statusPurpose", Json::array({"suspension", "revocation"}));
  several.set("credentialSubject", subject);
  EXPECT_NE(fetched(kUrl, signed_by("registry", several)).find("revoked"), std::string::npos);
  const Json header =
      Json::object({{"alg", "Ed25519"}, {"typ", "vc+jwt"}, {"kid", method_of("registry").text()}});
  const Json jwt(make_jws(header, document("registry", kNow, {5}), key_of("registry")));
  EXPECT_NE(fetched(kUrl, jwt).find("revoked"), std::string::npos);
}

TEST_F(Lists, WhatCouldNotBeHadIsSaid) {
  evidence_.add_failure(kUrl, "answered 500");
  EXPECT_NE(reason(issue(listed_), "status").find("answered 500"), std::string::npos);
}

// W3C VC JSON Schema 1.0: a schema of others is of the whole credential.
TEST_F(Attacks, AForeignSchemaIsOfTheWholeCredential) {
  Credential credential = skill();
  credential.schema = "https://schemas.example/skill.json";
  EXPECT_EQ(failing(issue(credential)), "schema");
  const auto with = [&](const char* schema) {
    OfflineEvidence evidence(kNow);
    evidence.add_schema(*credential.schema, parsed(schema));
    const auto checks = verify(issue(credential), options_, evidence).checks;
    return checks[1].ok ? "ok" : checks[1].reason;
  };
  EXPECT_EQ(with(R"({"properties":{"credentialSubject":{"required":["skill"],
                     "properties":{"level":{"maximum":3}}}}})"),
            "ok");
  EXPECT_NE(
      with(R"({"properties":{"credentialSubject":{"properties":{"level":{"maximum":2}}}}})").find("level"),
      std::string::npos);
  EXPECT_NE(with(R"({"required":["skill"]})").find("skill"), std::string::npos);
  EXPECT_NE(with(R"({"patternProperties":{}})").find("patternProperties"), std::string::npos);
}

TEST_F(Attacks, FormsThatPromiseMoreThanIsCheckedAreRefused) {
  Json sized = credential_document(skill());
  sized.set("credentialStatus", parsed(R"({"type":"BitstringStatusListEntry","statusPurpose":"message",
    "statusListIndex":"5","statusListCredential":"https://a.example/1","statusSize":2})"));
  EXPECT_TRUE(read_credential(sized).error().is(kUnsupportedProof));
  Json chained = issue(skill());
  Json proof = *chained.find("proof");
  proof.set("previousProof", "urn:uuid:1");
  chained.set("proof", proof);
  EXPECT_TRUE(read_secured_credential(chained).error().is(kUnsupportedProof));
  Json payload = credential_document(skill());
  payload.set("jti", "urn:other");
  const Json header =
      Json::object({{"alg", "EdDSA"}, {"typ", "vc+jwt"}, {"kid", method_of("bakery").text()}});
  EXPECT_TRUE(
      read_secured_credential(Json(make_jws(header, payload, key_of("bakery")))).error().is(kBadCredential));
}

TEST_F(Attacks, AKeyIdThatIsAFragmentIsTheIssuers) {
  const std::string fragment = method_of("bakery").text().substr(did_of("bakery").size());
  const Json header = Json::object({{"alg", "EdDSA"}, {"typ", "vc+jwt"}, {"kid", fragment}});
  EXPECT_EQ(failing(Json(make_jws(header, credential_document(skill()), key_of("bakery")))), "");
  EXPECT_EQ(failing(Json(make_jws(header, credential_document(skill()), key_of("mallory")))), "signature");
}

std::string b64(std::string_view text) { return base64url_encode(as_bytes(text)); }
std::string digest(const std::string& text) { return base64url_encode(crypto::sha256(as_bytes(text))); }

TEST_F(Attacks, NamesInsideAClaimAreNotThoseOfTheToken) {
  const std::string inner = b64(R"(["s","id",7])");
  const std::string outer = b64(R"(["s","address",{"_sd":[")" + digest(inner) + R"("]}])");
  const std::string subject = b64(R"(["s","sub",")" + did_of("alice") + R"("])");
  const Json plain = token(Json::object({{"_sd", Json::array({digest(outer), digest(subject)})}}));
  const std::string whole = *plain.string() + outer + "~" + inner + "~" + subject + "~";
  const auto read = read_secured_credential(Json(whole));
  ASSERT_TRUE(read.ok()) << read.error().detail();
  EXPECT_EQ(read->credential.holder, did_of("alice"));
  EXPECT_EQ(codec::write_json(read->credential.claims), R"({"skill":"rye","address":{"id":7}})");
  // A part of what is kept back cannot be shown by itself.
  EXPECT_TRUE(select_disclosures(whole, {"id"}).error().is(kNotDisclosable));
  EXPECT_TRUE(select_disclosures(whole, {"id", "address"}).ok());
}

TEST_F(Attacks, AKeyBindingSaysForWhomAndWhen) {
  const std::string whole = *issue(skill(), Format::kSdJwt).string();
  const Json header = parsed(R"({"alg":"EdDSA","typ":"kb+jwt"})");
  const Json full = Json::object({{"iat", kNow}, {"aud", "a"}, {"nonce", "n"}, {"sd_hash", digest(whole)}});
  const auto reads = [&](const Json& payload) {
    return read_sd_jwt(whole + make_jws(header, payload, key_of("alice"))).ok();
  };
  EXPECT_TRUE(reads(full));
  for (const char* name : {"iat", "aud", "nonce", "sd_hash"}) {
    Json less = full;
    less.erase(name);
    EXPECT_FALSE(reads(less)) << name;
  }
  Json several = full;
  several.set("aud", Json::array({"a", "b"}));
  EXPECT_FALSE(reads(several));
}

}  // namespace
}  // namespace icn::credentials
