#include "identity/resolver.h"

#include <gtest/gtest.h>

#include "identity/identity_testing.h"

namespace icn::identity {
namespace {

using testing::key_named;
using testing::nonce_named;
using testing::TestLedger;

class ResolverTest : public ::testing::Test {
 protected:
  Did create(const std::string& key, IdentityType type = IdentityType::kPerson) {
    const crypto::PublicKey founder = key_named("founder").public_key();
    return ledger_
        .submit(crypto::did_key(founder), crypto::did_key_method(founder), key_named("founder"),
                "identity.create", ledger_.create_body(type, key_named(key), nonce_named(key)))
        .value()
        .did;
  }
  std::string code(const std::string& did, std::optional<std::uint64_t> version = {}) {
    const auto resolved = resolve(ledger_.store(), Did(did), version);
    return resolved.ok() ? "ok" : std::string(resolved.error().code());
  }
  static std::string canonical(std::string_view json) {
    return codec::canonical_json(codec::parse_json(json).value());
  }

  TestLedger ledger_;
};

// Vectors: w3c-ccg/did-method-key, test-vectors/ed25519-x25519.json. They name keys by their 2018 types; what
// is compared is the DID and the derived key-agreement key.
TEST_F(ResolverTest, DerivesTheKeyAgreementOfThePublishedVectors) {
  const std::pair<const char*, const char*> vectors[] = {
      {"z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
       "z6LShs9GGnqk85isEBzzshkuVWrVKsRp24GnDuHk8QWkARMW"},
      {"z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG",
       "z6LSrHyXiPBhUbvPUtyUCdf32sniiMGPTAesgHrtEa4FePtr"},
      {"z6MknGc3ocHs3zdPiJbnaaqDi58NGb4pk1Sp9WxWufuXSdxf",
       "z6LSkkqoZRC34AEpbkhZCqLDcHQVAxuLpQ7kC8XCXMVUfvjE"},
      {"z6MkvqoYXQfDDJRv8L4wKzxYeuKyVZBfi9Qo6Ro8MiLH3kDQ",
       "z6LSiUo6AEDat8Ze4nQzDo67SGuHLLwsUGkxndHGUjsywHow"},
      {"z6MkwW6aqMnjgrhJXFUko3NnZPGzVpkNzhYK7yEhnsibmLwL",
       "z6LSrGb3qm4xMCEBjvwkLb2WEcXfTM94Tu1RyGCbT5wbg8i9"},
  };
  std::uint8_t last_of_seed = 0;
  for (const auto& [signing, agreement] : vectors) {
    Bytes seed(32);
    seed.back() = last_of_seed++;
    const Did did = crypto::did_key(crypto::SecretKey::from_seed(seed).public_key());
    EXPECT_EQ(did.text(), std::string("did:key:") + signing);
    const auto resolved = resolve(ledger_.store(), did);
    ASSERT_TRUE(resolved.ok());
    const codec::Json::Array& methods = *resolved->document.find("verificationMethod")->array();
    ASSERT_EQ(methods.size(), 2u);
    EXPECT_EQ(*methods[0].find("id")->string(), did.text() + "#" + signing);
    EXPECT_EQ(*methods[0].find("publicKeyMultibase")->string(), signing);
    EXPECT_EQ(*methods[1].find("id")->string(), did.text() + "#" + agreement);
    EXPECT_EQ(*methods[1].find("publicKeyMultibase")->string(), agreement);
  }
}

// The example of the did:key method, section 3.1, in the form of its document creation algorithm with
// publicKeyFormat Multikey and enableEncryptionKeyDerivation.
TEST_F(ResolverTest, ShowsADidKeyAsItsMethodSays) {
  const auto resolved =
      resolve(ledger_.store(), Did("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"));
  ASSERT_TRUE(resolved.ok());
  EXPECT_EQ(codec::canonical_json(resolved->document), canonical(R"({
    "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
    "id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
    "verificationMethod": [{
      "id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
      "type": "Multikey",
      "controller": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
      "publicKeyMultibase": "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
    }, {
      "id": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#z6LSj72tK8brWgZja8NLRwPigth2T9QRiG1uH9oKZuKjdh9p",
      "type": "Multikey",
      "controller": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
      "publicKeyMultibase": "z6LSj72tK8brWgZja8NLRwPigth2T9QRiG1uH9oKZuKjdh9p"
    }],
    "authentication": ["did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"],
    "assertionMethod": ["did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"],
    "capabilityInvocation": ["did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"],
    "capabilityDelegation": ["did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"],
    "keyAgreement": ["did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#z6LSj72tK8brWgZja8NLRwPigth2T9QRiG1uH9oKZuKjdh9p"]
  })"));
  EXPECT_EQ(codec::canonical_json(metadata_json(*resolved)), "{}");
}

// Calculated with Python's hashlib and integers: base58 of the first half of SHA-256(key || nonce), where key
// is what the first vector's did:key holds and nonce is 16 x 01.
TEST_F(ResolverTest, NamesADidIcnByKeyAndNonce) {
  const crypto::PublicKey key = crypto::SecretKey::from_seed(Bytes(32)).public_key();
  EXPECT_EQ(make_did_icn(IdentityType::kCoop, key, Bytes(16, 1)).text(),
            "did:icn:coop:WL5EbioVD7Wqj8mNQZGLsh");
}

TEST_F(ResolverTest, ReadsWhatIsADidAndRefusesWhatIsNot) {
  const std::string did_icn = "did:icn:person:";
  EXPECT_EQ(code(create("k").text()), "ok");
  EXPECT_EQ(code(did_icn + "5wr2xHoWXmNQk2JmKzJbMZ"), "did_not_found");
  EXPECT_EQ(code(did_icn + "1111111111111111"), "did_not_found");  // sixteen zero bytes
  for (const char* wrong :
       {"", "did", "did:", "did:key:", "key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW",
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp#x",
        "did:key:z6LSj72tK8brWgZja8NLRwPigth2T9QRiG1uH9oKZuKjdh9p", "did:icn:person",
        "did:icn:person:", "did:icn:robot:5wr2xHoWXmNQk2JmKzJbMZ", "did:icn:person:l0OI",
        "did:icn:person:5wr2xHoWXmNQk2JmKzJbMZ?version=1", "did:icn:person:11111111111111111",
        "did:icn:person:zzzzzzzzzzzzzzzzzzzzzz", "did:icn:Person:5wr2xHoWXmNQk2JmKzJbMZ"}) {
    EXPECT_EQ(code(wrong), "I001") << wrong;
  }
  EXPECT_EQ(code("did:web:coop.example"), "unsupported_did_method");
  EXPECT_EQ(code("did:peer:1zQmZMygzYqNwU6Uhmewx5Xepf2VLp5S4HLSwwgf2aiKZuwa"), "unsupported_did_method");
  EXPECT_EQ(code("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp", 1), "ok");
  EXPECT_EQ(code("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp", 2), "did_version_not_found");
}

TEST_F(ResolverTest, AnswersFormerVersionsAndTheDeactivatedOne) {
  const Did did = create("first");
  ledger_.advance(3600);
  ASSERT_TRUE(ledger_
                  .submit(did, icn_key_id(did, 1), key_named("first"), "identity.rotate",
                          ledger_.rotate_body(did, key_named("second"), nonce_named("r")))
                  .ok());
  ASSERT_TRUE(ledger_
                  .submit(did, icn_key_id(did, 2), key_named("second"), "identity.deactivate",
                          codec::Json(codec::Json::Object{}))
                  .ok());

  const auto first = resolve(ledger_.store(), did, 1);
  ASSERT_TRUE(first.ok());
  const codec::Json first_metadata = metadata_json(*first);
  // 1,700,000,010 s and 3,600 s later, by date -u.
  EXPECT_EQ(*first_metadata.find("created")->string(), "2023-11-14T22:13:30Z");
  EXPECT_EQ(first_metadata.find("updated"), nullptr);
  EXPECT_EQ(*first_metadata.find("versionId")->string(), "1");
  EXPECT_EQ(*first_metadata.find("nextVersionId")->string(), "2");
  EXPECT_EQ(*first_metadata.find("nextUpdate")->string(), "2023-11-14T23:13:30Z");

  const auto second = resolve(ledger_.store(), did, 2);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(*metadata_json(*second).find("previousCid")->string(),
            *first_metadata.find("versionCid")->string());
  EXPECT_EQ(*metadata_json(*second).find("updated")->string(), "2023-11-14T23:13:30Z");
  EXPECT_EQ(*metadata_json(*second).find("signedBy")->string(), did.text() + "#key-1");
  const codec::Json::Array& methods = *second->document.find("verificationMethod")->array();
  EXPECT_EQ(*methods[0].find("id")->string(), did.text() + "#key-2");
  EXPECT_EQ(*methods[1].find("id")->string(), did.text() + "#key-2-agreement");

  const auto last = resolve(ledger_.store(), did);
  ASSERT_TRUE(last.ok());
  EXPECT_EQ(
      codec::canonical_json(last->document),
      canonical(
          R"({"@context":["https://www.w3.org/ns/did/v1","https://w3id.org/security/multikey/v1"],"id":")" +
          did.text() + R"("})"));
  EXPECT_TRUE(*metadata_json(*last).find("deactivated")->boolean());
  EXPECT_EQ(code(did.text(), 0), "did_version_not_found");
  EXPECT_EQ(code(did.text(), 4), "did_version_not_found");
}

// DID Core 1.0, 7.1: names of the resolution result and its errors.
TEST_F(ResolverTest, WritesResolutionResults) {
  const auto error_of = [&](const std::string& did) {
    const codec::Json result = resolution_json(resolve(ledger_.store(), Did(did)));
    EXPECT_TRUE(result.find("didDocument")->is_null());
    return *result.find("didResolutionMetadata")->find("error")->string();
  };
  EXPECT_EQ(error_of("did:icn:person"), "invalidDid");
  EXPECT_EQ(error_of("did:icn:person:5wr2xHoWXmNQk2JmKzJbMZ"), "notFound");
  EXPECT_EQ(error_of("did:web:coop.example"), "methodNotSupported");
  const Did did = create("k");
  const codec::Json result = resolution_json(resolve(ledger_.store(), did));
  EXPECT_EQ(*result.find("didDocument")->find("id")->string(), did.text());
  EXPECT_EQ(*result.find("didResolutionMetadata")->find("contentType")->string(), "application/did+ld+json");
  EXPECT_EQ(*result.find("didDocumentMetadata")->find("versionId")->string(), "1");
}

TEST_F(ResolverTest, ShowsServicesByTheirStandardNames) {
  const Did did = create("k");
  ChangeServices::Body body;
  body.add.push_back({"inbox", "DIDCommMessaging", "https://coop.example/in"});
  ASSERT_TRUE(
      ledger_.submit(did, icn_key_id(did, 1), key_named("k"), "identity.services", codec::to_json(body))
          .ok());
  const auto resolved = resolve(ledger_.store(), did);
  EXPECT_EQ(codec::canonical_json(*resolved->document.find("service")),
            canonical(R"([{"id":")" + did.text() +
                      R"(#inbox","type":"DIDCommMessaging","serviceEndpoint":"https://coop.example/in"}])"));
}

TEST_F(ResolverTest, FindsTheKeyOfADidKeyOnlyByItsOneName) {
  const crypto::PublicKey key = key_named("k").public_key();
  const Did did = crypto::did_key(key);
  const KeyId id = crypto::did_key_method(key);
  EXPECT_EQ(resolve_key(ledger_.store(), did, id).value(), key);
  const std::string multikey = crypto::multikey_text(key);
  const KeyId wrong[] = {KeyId(""),
                         KeyId(did.text()),
                         KeyId("#" + multikey),
                         KeyId(did.text() + "#key-1"),
                         KeyId(id.text() + "1"),
                         crypto::did_key_method(key_named("other").public_key()),
                         KeyId(did.text() + ":" + multikey)};
  for (const KeyId& each : wrong) {
    EXPECT_EQ(resolve_key(ledger_.store(), did, each).error().code(), "key_not_valid") << each.text();
  }
  EXPECT_EQ(resolve_key(ledger_.store(), Did("did:web:x"), KeyId("did:web:x#key-1")).error().code(),
            "key_not_valid");
  const Did unknown("did:icn:person:" + std::string(5000, '2'));
  EXPECT_EQ(resolve_key(ledger_.store(), unknown, icn_key_id(unknown, 1)).error().code(), "key_not_valid");
}

// Origin of the document's shape: Peer DID Method Specification, generation method 0; the key is that of the
// did:key example of the W3C CCG did:key method.
TEST(Resolver, PeerDidOfOneKeySpeaksForItself) {
  testing::TestLedger ledger;
  const Did did("did:peer:0z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH");
  const auto resolved = resolve(ledger.store(), did);
  ASSERT_TRUE(resolved.ok());
  const codec::Json& method = (*resolved->document.find("verificationMethod")->array())[0];
  EXPECT_EQ(*resolved->document.find("id")->string(), did.text());
  EXPECT_EQ(*method.find("id")->string(), did.text() + "#6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH");
  EXPECT_EQ(*method.find("controller")->string(), did.text());
  EXPECT_EQ(*method.find("publicKeyMultibase")->string(), "z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH");
  EXPECT_FALSE(resolve(ledger.store(), did, 2).ok());
  EXPECT_FALSE(resolve(ledger.store(), Did("did:peer:0z6Mkbad")).ok());
  EXPECT_TRUE(resolve(ledger.store(), Did("did:peer:2.Ez6LS")).error().is(kUnsupportedMethod));
}

}  // namespace
}  // namespace icn::identity
