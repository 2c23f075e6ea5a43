#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "http/authentication/authenticator.h"
#include "http/authentication/structured_fields.h"
#include "http/errors.h"
#include "storage/memory/memory_engine.h"

namespace icn::http {
namespace {

using testing::HasSubstr;

class OneKeyResolver final : public KeyResolver {
 public:
  std::optional<ResolvedKey> key;
  Result<ResolvedKey> resolve(const KeyId& id) const override {
    if (id.text() == "did:key:a#a" && key) return *key;
    return Error(errors::kNotFound);
  }
};

class AuthenticationTest : public testing::Test {
 protected:
  AuthenticationTest()
      : secret_key_(crypto::SecretKey::generate(random_)),
        store_(std::move(engine_.open({ApiKeys::table()})).value()),
        keys_(std::move(ApiKeys::open(*store_, node_secret_, clock_, random_)).value()),
        sessions_(node_secret_, "did:key:node", resolver_, clock_, random_),
        failures_(20, clock_),
        authenticator_({keys_.get(), &sessions_, &resolver_, &failures_, &clock_}) {
    resolver_.key = ResolvedKey{secret_key_.public_key(), Did("did:key:a"), Role::kMember};
    clock_.advance(std::chrono::seconds(10));
  }

  Request request(std::string_view target = "/mesh/jobs?x=1", std::string_view body = "") {
    Request made;
    made.method = body.empty() ? Method::kGet : Method::kPost;
    made.method_text = method_name(made.method);
    made.set_target(target);
    made.headers.add("Host", "node.example:7845");
    made.body = to_bytes(as_bytes(body));
    made.peer_address = "192.0.2.1";
    return made;
  }
  Request signed_request(std::string_view nonce, std::string_view body = "", int age_secs = 0) {
    Request made = request("/mesh/jobs?x=1", body);
    sign_request(made, secret_key_, KeyId("did:key:a#a"),
                 static_cast<std::int64_t>(clock_.now_secs()) - age_secs, nonce);
    return made;
  }
  Result<void> revoke(std::string_view id) {
    std::promise<Result<void>> answer;
    keys_->revoke(id, writes_, executor_, [&](const Result<void>& revoked) { answer.set_value(revoked); });
    return answer.get_future().get();
  }
  Result<Caller> check(const Request& made) { return authenticator_.authenticate(made, !made.body.empty()); }

  ManualClock clock_;
  SeededRandom random_{7};
  Bytes node_secret_ = Bytes(32, 1);
  crypto::SecretKey secret_key_;
  OneKeyResolver resolver_;
  storage::MemoryEngine engine_;
  std::unique_ptr<storage::Store> store_;
  InlineExecutor executor_;
  storage::GroupCommit writes_{*store_};
  std::unique_ptr<ApiKeys> keys_;
  Sessions sessions_;
  RateLimiter failures_;
  Authenticator authenticator_;
};

TEST_F(AuthenticationTest, NobodyIsAnonymous) {
  const auto caller = check(request());
  ASSERT_TRUE(caller.ok());
  EXPECT_TRUE(caller->is_anonymous());
  EXPECT_EQ(caller->role, Role::kNone);
}

TEST_F(AuthenticationTest, PagesFromElsewhereAreNoLocalClients) {
  AuthenticatorParts parts;
  parts.clock = &clock_;
  parts.has_local_client = true;
  Authenticator local(parts);
  struct Case {
    const char *peer, *host, *origin;
    bool is_local;
  };
  const Case cases[] = {
      {"127.0.0.1", "127.0.0.1:7845", nullptr, true},
      {"127.0.0.1", "localhost:7845", "http://localhost:5173", true},
      {"127.0.0.1", "localhost", "http://127.0.0.1", true},
      {"::1", "[::1]:7845", "http://[::1]:7845", true},
      {"192.0.2.1", "127.0.0.1:7845", nullptr, false},
      {"127.0.0.1", "rebound.example:7845", nullptr, false},
      {"127.0.0.1", "rebound.example:7845", "http://rebound.example:7845", false},
      {"127.0.0.1", "127.0.0.1.rebound.example:7845", nullptr, false},
      {"127.0.0.1", "127.0.0.1:7845", "https://elsewhere.example", false},
      {"127.0.0.1", "127.0.0.1:7845", "http://localhost.elsewhere.example", false},
      {"127.0.0.1", "127.0.0.1:7845", "null", false},
      {"127.0.0.1", nullptr, nullptr, false},
  };
  for (const Case& each : cases) {
    Request made;
    made.peer_address = each.peer;
    if (each.host != nullptr) made.headers.add("Host", each.host);
    if (each.origin != nullptr) made.headers.add("Origin", each.origin);
    const auto caller = local.authenticate(made, false);
    ASSERT_TRUE(caller.ok());
    EXPECT_EQ(caller->id == kLocalClient, each.is_local)
        << each.peer << " " << (each.host ? each.host : "-") << " " << (each.origin ? each.origin : "-");
  }
}

TEST_F(AuthenticationTest, ApiKeyLivesUntilRevoked) {
  const auto made = keys_->create("ci", Role::kValidator, {Did("did:key:b")}, std::nullopt);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->key.size(), 47u);
  Request with_key = request();
  with_key.headers.add("X-API-Key", made->key);
  const auto caller = check(with_key);
  ASSERT_TRUE(caller.ok());
  EXPECT_EQ(caller->role, Role::kValidator);
  EXPECT_TRUE(caller->acts_as(Did("did:key:b")));
  EXPECT_FALSE(caller->acts_as(Did("did:key:a")));
  EXPECT_EQ(keys_->list().at(0).last_used_at, clock_.now_secs());

  ASSERT_TRUE(keys_->flush_last_use().ok());
  auto again = ApiKeys::open(*store_, node_secret_, clock_, random_);
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE((*again)->find(made->key));
  EXPECT_EQ((*again)->list().at(0).last_used_at, clock_.now_secs());
  EXPECT_FALSE(
      (*ApiKeys::open(*store_, Bytes(32, 2), clock_, random_))->find(made->key));  // another node's secret

  EXPECT_TRUE(revoke("nothing").error().is(errors::kNotFound));
  ASSERT_TRUE(revoke(made->info.id).ok());
  EXPECT_TRUE(check(with_key).error().is(kBadCredentials));
  EXPECT_FALSE((*ApiKeys::open(*store_, node_secret_, clock_, random_))->find(made->key));
}

TEST_F(AuthenticationTest, ApiKeyExpires) {
  EXPECT_FALSE(keys_->create("", Role::kRead, {}, clock_.now_secs()).ok());
  EXPECT_FALSE(keys_->create("", Role::kNone, {}, std::nullopt).ok());
  const auto made = keys_->create("", Role::kRead, {}, clock_.now_secs() + 60);
  EXPECT_TRUE(keys_->find(made->key));
  clock_.advance(std::chrono::seconds(60));
  EXPECT_FALSE(keys_->find(made->key));
  EXPECT_FALSE(keys_->adopt("short", "", Role::kRead, {}).ok());
  ASSERT_TRUE(keys_->adopt(std::string(32, 'k'), "settings", Role::kOperator, {}).ok());
  EXPECT_EQ(keys_->find(std::string(32, 'k'))->role, Role::kOperator);
}

TEST_F(AuthenticationTest, SignedRequestIsTakenOnce) {
  const Request made = signed_request("n1", "{}");
  const auto caller = check(made);
  ASSERT_TRUE(caller.ok()) << caller.error().detail();
  EXPECT_EQ(caller->role, Role::kMember);
  EXPECT_TRUE(caller->acts_as(Did("did:key:a")));
  EXPECT_THAT(check(made).error().detail(), HasSubstr("nonce"));
  EXPECT_TRUE(check(signed_request("n2")).ok());
}

TEST_F(AuthenticationTest, SignatureCoversTheRequest) {
  Request other_path = signed_request("n1");
  other_path.set_target("/mesh/jobs?x=2");
  EXPECT_FALSE(check(other_path).ok());
  Request other_method = signed_request("n2");
  other_method.method_text = "DELETE";
  EXPECT_FALSE(check(other_method).ok());
  Request other_body = signed_request("n3", "{}");
  ASSERT_TRUE(check(other_body).ok());
  EXPECT_TRUE(Authenticator::check_digest(other_body, crypto::sha256(other_body.body)).ok());
  EXPECT_TRUE(
      Authenticator::check_digest(other_body, crypto::sha256(as_bytes("[]"))).error().is(kBadCredentials));
  const Request uncovered_body = signed_request("n4");
  EXPECT_THAT(authenticator_.authenticate(uncovered_body, true).error().detail(),
              HasSubstr("content-digest"));
}

TEST_F(AuthenticationTest, SignatureIsBoundInTime) {
  EXPECT_TRUE(check(signed_request("n1", "", -60)).ok());
  EXPECT_FALSE(check(signed_request("n2", "", -61)).ok());
  EXPECT_TRUE(check(signed_request("n3", "", 9)).ok());
  EXPECT_THAT(check(signed_request("n4", "", 10)).error().detail(), HasSubstr("before this node started"));
  clock_.advance(std::chrono::seconds(200));
  EXPECT_TRUE(check(signed_request("n5", "", 60)).ok());
  EXPECT_THAT(check(signed_request("n6", "", 61)).error().detail(), HasSubstr("60 s"));
}

TEST_F(AuthenticationTest, UnknownKeyAndSeveralCredentialsAreRefused) {
  resolver_.key.reset();
  EXPECT_TRUE(check(signed_request("n1")).error().is(kBadCredentials));
  Request two = request();
  two.headers.add("x-api-key", "k");
  two.headers.add("authorization", "Bearer t");
  EXPECT_EQ(check(two).error().category(), Category::kMalformed);
}

TEST_F(AuthenticationTest, FailuresCountAgainstTheAddress) {
  Request bad = request();
  bad.headers.add("x-api-key", std::string(40, 'x'));
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(check(bad).error().is(kBadCredentials));
  EXPECT_TRUE(check(bad).error().is(kTooManyFailures));
  bad.peer_address = "192.0.2.2";
  EXPECT_TRUE(check(bad).error().is(kBadCredentials));
  bad.peer_address = "192.0.2.1";
  clock_.advance(std::chrono::seconds(4));
  EXPECT_TRUE(check(bad).error().is(kBadCredentials));
}

TEST_F(AuthenticationTest, SessionOpensWithASignedChallenge) {
  const SessionChallenge challenge = sessions_.challenge();
  const KeyId key("did:key:a#a");
  const Bytes message = Sessions::signing_bytes(challenge.challenge, challenge.audience, key);
  EXPECT_EQ(as_text(ByteView(message).first(15)), std::string_view("icn:session:v1\0", 15));
  const auto signature = secret_key_.sign(message);
  EXPECT_FALSE(sessions_.open(challenge.challenge + "A", key, signature.view()).ok());
  EXPECT_FALSE(sessions_.open(challenge.challenge, key, Bytes(64, 0)).ok());
  const auto token = sessions_.open(challenge.challenge, key, signature.view());
  ASSERT_TRUE(token.ok()) << token.error().detail();
  EXPECT_EQ(token->expires_at, clock_.now_secs() + 12 * 3600);
  EXPECT_FALSE(sessions_.open(challenge.challenge, key, signature.view()).ok());  // once

  Request with_token = request();
  with_token.headers.add("Authorization", "Bearer " + token->token);
  const auto caller = check(with_token);
  ASSERT_TRUE(caller.ok());
  EXPECT_EQ(caller->credential, Credential::kSession);
  EXPECT_TRUE(caller->acts_as(Did("did:key:a")));
  const Sessions restarted(node_secret_, "did:key:node", resolver_, clock_, random_);
  EXPECT_TRUE(restarted.find(token->token).ok());
  EXPECT_FALSE(restarted.find(challenge.challenge).ok());  // sealed for another purpose
  const Sessions other(Bytes(32, 9), "did:key:node", resolver_, clock_, random_);
  EXPECT_FALSE(other.find(token->token).ok());
  resolver_.key.reset();
  EXPECT_FALSE(sessions_.find(token->token).ok());  // the key was rotated out
}

TEST_F(AuthenticationTest, SessionAndChallengeEnd) {
  const KeyId key("did:key:a#a");
  SessionChallenge challenge = sessions_.challenge();
  clock_.advance(std::chrono::seconds(121));
  auto sign = [&] {
    return secret_key_.sign(Sessions::signing_bytes(challenge.challenge, "did:key:node", key));
  };
  EXPECT_FALSE(sessions_.open(challenge.challenge, key, sign().view()).ok());
  challenge = sessions_.challenge();
  const auto token = sessions_.open(challenge.challenge, key, sign().view());
  ASSERT_TRUE(token.ok());
  clock_.advance(std::chrono::hours(12));
  EXPECT_FALSE(sessions_.find(token->token).ok());
}

// RFC 9421, B.2 (request) and B.2.6 (signature), key test-key-ed25519 of B.1.4.
Request rfc_request() {
  Request made;
  made.method = Method::kPost;
  made.method_text = "POST";
  made.set_target("/foo?param=Value&Pet=dog");
  made.is_tls = true;
  made.headers.add("Host", "example.com");
  made.headers.add("Date", "Tue, 20 Apr 2021 02:07:55 GMT");
  made.headers.add("Content-Type", "application/json");
  made.headers.add("Content-Length", "18");
  return made;
}
constexpr std::string_view kRfcInput =
    "sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\");"
    "created=1618884473;keyid=\"test-key-ed25519\"";
constexpr std::string_view kRfcSignature =
    "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:";

TEST(MessageSignature, Rfc9421ExampleB26) {
  const auto input = parse_signature_input(kRfcInput);
  ASSERT_TRUE(input.ok());
  EXPECT_EQ(input->key_id, "test-key-ed25519");
  EXPECT_EQ(input->created, 1618884473);
  const auto base = signature_base(rfc_request(), *input);
  ASSERT_TRUE(base.ok());
  EXPECT_EQ(*base,
            "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n"
            "\"@method\": POST\n"
            "\"@path\": /foo\n"
            "\"@authority\": example.com\n"
            "\"content-type\": application/json\n"
            "\"content-length\": 18\n"
            "\"@signature-params\": (\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" "
            "\"content-length\");created=1618884473;keyid=\"test-key-ed25519\"");
  const auto key =
      crypto::PublicKey::from_bytes(*base64url_decode("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"));
  const auto signature = parse_signature(kRfcSignature, "sig-b26");
  ASSERT_TRUE(key.ok() && signature.ok());
  EXPECT_TRUE(crypto::verify(*key, as_bytes(*base), *signature));
  const auto secret =
      crypto::SecretKey::from_seed(*base64url_decode("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU"));
  EXPECT_EQ(secret.sign(as_bytes(*base)), *signature);
}

// RFC 9421, 2.2: the examples of the derived components.
TEST(MessageSignature, DerivedComponents) {
  Request made = rfc_request();
  made.set_target("/path?param=value");
  const auto value_of = [&](const std::string& name) {
    const auto input = parse_signature_input("s=(\"" + name + "\")");
    const auto base = signature_base(made, *input);
    return base.ok() ? base->substr(name.size() + 4, base->find('\n') - name.size() - 4) : "error";
  };
  EXPECT_EQ(value_of("@target-uri"), "https://example.com/path?param=value");
  EXPECT_EQ(value_of("@request-target"), "/path?param=value");
  EXPECT_EQ(value_of("@scheme"), "https");
  EXPECT_EQ(value_of("@query"), "?param=value");
  EXPECT_EQ(value_of("@status"), "error");
  EXPECT_EQ(value_of("x-missing"), "error");
  made.headers.add("X-Twice", " a ");
  made.headers.add("x-twice", "b, c");
  EXPECT_EQ(value_of("x-twice"), "a, b, c");
  made.set_target("/path");
  EXPECT_EQ(value_of("@query"), "?");
  Request with_port;
  with_port.headers.add("host", "Example.COM:80");
  EXPECT_EQ(signature_base(with_port, *parse_signature_input("s=(\"@authority\")"))->substr(0, 26),
            "\"@authority\": example.com\n");
}

TEST(MessageSignature, MalformedInputsAreRefused) {
  for (const char* bad :
       {"", "sig", "sig=", "sig=(", "sig=(\"a\"", "sig=(a)", "sig=(\"a\" \"a\")", "sig=(\"A\")",
        "sig=(\"a\";sf)", "sig=(\"a\");created=x", "sig=(\"a\");created=\"1\"", "sig=(\"a\");keyid=k",
        "sig=(\"a\");created=1;created=2", "Sig=(\"a\")", "sig=(\"a\")x", "sig=(\"\")"}) {
    EXPECT_FALSE(parse_signature_input(bad).ok()) << bad;
  }
  EXPECT_TRUE(parse_signature_input("a=( \"x\"  \"y\" ); created=5;tag=\"t\", b=(\"z\")").ok());
  EXPECT_EQ(parse_signature_input("a=( \"x\"  \"y\" ); created=5")->parameters, "(\"x\" \"y\");created=5");
  EXPECT_FALSE(parse_signature("sig=:AAAA:", "sig").ok());
  EXPECT_FALSE(parse_signature(kRfcSignature, "other").ok());
}

// RFC 9530, appendix D gives sha-256 of {"hello": "world"} and a newline.
TEST(ContentDigest, Rfc9530Example) {
  const std::string header = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
  const auto digest = parse_content_digest(header);
  ASSERT_TRUE(digest.ok());
  EXPECT_EQ(*digest, crypto::sha256(as_bytes("{\"hello\": \"world\"}\n")));
  EXPECT_EQ(content_digest(*digest), header);
  EXPECT_TRUE(parse_content_digest("sha-512=:AAAA:, " + header).ok());
  EXPECT_FALSE(parse_content_digest("sha-512=:AAAA:").ok());
  EXPECT_FALSE(parse_content_digest("sha-256=:AAAA:").ok());
}

TEST(ReplayCache, RemembersFor120Seconds) {
  ManualClock clock;
  ReplayCache cache(clock);
  EXPECT_TRUE(cache.insert("a"));
  EXPECT_FALSE(cache.insert("a"));
  clock.advance(std::chrono::seconds(120));
  EXPECT_FALSE(cache.insert("a"));
  clock.advance(std::chrono::milliseconds(1));
  EXPECT_TRUE(cache.insert("a"));
}

TEST(ReplayCache, RefusesNewValuesWhenFull) {
  ManualClock clock;
  ReplayCache cache(clock, 16);  // one a shard
  int taken = 0;
  for (int i = 0; i < 100; ++i) taken += cache.insert(std::to_string(i));
  EXPECT_LE(taken, 16);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(cache.insert(std::to_string(i)));
}

TEST_F(AuthenticationTest, AFollowerOfTheStoreKnowsAKeyAsLongAsItIsThere) {
  const auto follower = ApiKeys::follow(*store_, node_secret_, clock_, random_);
  const auto made = keys_->create("for a gateway", Role::kMember, {Did("did:key:a")}, clock_.now_secs() + 60);
  const auto ended = keys_->create("ended", Role::kOperator, {}, std::nullopt);
  ASSERT_TRUE(made.ok() && ended.ok());
  const auto caller = follower->find(made->key);
  ASSERT_TRUE(caller.has_value());
  EXPECT_EQ(caller->role, Role::kMember);
  EXPECT_EQ(caller->id, "key:" + made->info.id);
  EXPECT_EQ(caller->dids->size(), 1u);
  EXPECT_FALSE(follower->find("icn_" + std::string(43, 'A')).has_value());
  EXPECT_FALSE(ApiKeys::follow(*store_, Bytes(32, 9), clock_, random_)->find(made->key).has_value());
  EXPECT_TRUE(follower->find(ended->key).has_value());
  ASSERT_TRUE(revoke(ended->info.id).ok());
  EXPECT_FALSE(follower->find(ended->key).has_value());
  clock_.advance(std::chrono::seconds(60));
  EXPECT_FALSE(follower->find(made->key).has_value());
}

TEST_F(AuthenticationTest, AForwardedRequestIsNeverThatOfTheLocalClient) {
  AuthenticatorParts parts;
  parts.clock = &clock_;
  parts.has_local_client = true;
  Authenticator authenticator(parts);
  Request local;
  local.peer_address = "127.0.0.1";
  local.headers.add("Host", "localhost:7845");
  EXPECT_EQ(authenticator.authenticate(local, false)->id, kLocalClient);
  local.is_forwarded = true;
  EXPECT_EQ(authenticator.authenticate(local, false)->id, "");
}

}  // namespace
}  // namespace icn::http
