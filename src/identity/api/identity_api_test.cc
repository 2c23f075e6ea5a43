#include <gtest/gtest.h>

#include <filesystem>
#include <future>

#include "codec/multibase.h"
#include "http/dispatcher.h"
#include "http/typed_route.h"
#include "identity/api/change_did.h"
#include "identity/api/create_did.h"
#include "identity/api/export_key.h"
#include "identity/api/get_did.h"
#include "identity/api/open_session.h"
#include "identity/caller_keys.h"
#include "identity/identity_testing.h"
#include "identity/metrics.h"

namespace icn::identity {
namespace {

using codec::Json;
using testing::kBalances;
using testing::key_named;
using testing::nonce_named;

struct TestServices {
  Api api;
};
template <typename Context>
Context& service(TestServices& services) {
  return services.api;
}

// One block a transaction, at once.
class DirectLog final : public ledger::OrderedLog {
 public:
  DirectLog(ledger::Ledger& ledger, const Clock& clock) : ledger_(ledger), clock_(clock) {}

  void submit(std::vector<ledger::Submission> group) override {
    for (const ledger::Submission& each : group) each.done(commit(each));
  }
  ledger::LogStatus status() const override { return {}; }
  std::optional<std::uint64_t> stale_secs() const override { return std::nullopt; }
  void stop() override {}

 private:
  Result<ledger::Commitment> commit(const ledger::Submission& submission) {
    const auto store = ledger_.store().value();
    ICN_TRY_ASSIGN(known, ledger::find_commitment(*store, submission.transaction->hash()));
    if (known) return std::move(*known);
    auto block =
        ledger::BlockExecutor(ledger_.rules())
            .execute(ledger_.published()->head, *store, clock_.now_secs(), {&submission.transaction, 1});
    ICN_TRY(ledger_.commit(block.value()));
    return ledger::Commitment{block->outcomes.at(0), block->head.header.height};
  }
  ledger::Ledger& ledger_;
  const Clock& clock_;
};

class CountingGrant final : public StartGrant {
 public:
  void grant(const Did& did, Executor&, std::function<void(const Result<void>&)> done) override {
    granted.push_back(did);
    done({});
  }
  std::vector<Did> granted;
};

class IdentityApiTest : public ::testing::Test {
 protected:
  explicit IdentityApiTest(const std::string& profile = "production") {
    std::string pattern = ::testing::TempDir() + "identity_api.XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    keys_.emplace(
        crypto::KeyStore::create(folder_ + "/keys.json", as_bytes("passphrase"), crypto::kRandomCost, random_)
            .value());
    std::vector<storage::TableSchema> schemas = tables();
    const storage::TableSet ledger_tables(
        ledger::kParameters, ledger::kClock, ledger::kDue, ledger::kStuckRows, ledger::kNetwork,
        ledger::kOrder, ledger::kTransactionPlaces, ledger::kHeaders, ledger::kBodies, kBalances);
    for (const storage::TableSchema& schema : ledger_tables.schemas()) schemas.push_back(schema);
    std::vector<storage::TableSchema> node_schemas = node_tables();
    node_schemas.push_back(http::IdempotencyStore::table());
    node_schemas.push_back(http::ApiKeys::table());
    node_schemas.push_back(http::Invitations::table());
    node_store_ = node_engine_.open(node_schemas).value();
    node_writes_ = std::make_unique<storage::GroupCommit>(*node_store_);
    const ledger::Genesis genesis{"test", profile, crypto::did_key(node_key_.public_key()),
                                  clock_.now_secs()};
    ledger_ =
        ledger::Ledger::open(std::make_unique<storage::MemoryEngine>(), schemas, rules_, genesis).value();
    ICN_ASSERT(report_dids(*ledger_, metrics_).ok());
    log_ = std::make_unique<DirectLog>(*ledger_, clock_);
    gateway_ = std::make_unique<ledger::Gateway>(*ledger_, *log_, clock_, 1);
    custody_ = std::make_unique<NodeCustody>(*ledger_, *node_store_, *node_writes_, *keys_, node_key_, clock_,
                                             random_);
    idempotency_ = std::make_unique<http::IdempotencyStore>(*node_store_, *node_writes_, clock_);
    writer_ =
        std::make_unique<ledger::Writer>(*ledger_, *gateway_, *custody_, *idempotency_, clock_, random_);
    caller_keys_ = std::make_unique<CallerKeys>(*ledger_, custody_->node_did());
    sessions_ = std::make_unique<http::Sessions>(keys_->derive("sessions").view(),
                                                 custody_->node_did().text(), *caller_keys_, clock_, random_);
    api_keys_ = http::ApiKeys::open(*node_store_, Bytes(32, 1), clock_, random_).value();
    invitations_ = std::make_unique<http::Invitations>(*node_store_, *node_writes_, *api_keys_, Bytes(32, 2),
                                                       clock_, random_);
    const Api api{*ledger_, *writer_, *custody_, *sessions_,        *invitations_, cursors_,
                  limit_,   &grant_,  random_,   make_silent_log(), web_,          {}};
    services_ = std::make_unique<TestServices>(TestServices{api});
    make_routes();
    local_.id = http::kLocalClient;
    member_ = caller("key-1", {});
  }
  ~IdentityApiTest() override { std::filesystem::remove_all(folder_); }

  void make_routes() {
    using http::Access;
    using http::Method;
    const std::string did = "/identity/did/{did}";
    std::vector<http::Route> routes;
    const auto add = [&]<typename Handler>(Method method, const std::string& path) {
      paths_.push_back(std::make_unique<std::string>(path));
      routes.push_back(http::make_route<Handler>(
          {method, *paths_.back(), Access::kPublic, 65'536, *paths_.back()}, *services_));
    };
    add.operator()<api::CreateDid>(Method::kPost, "/identity/did/create");
    add.operator()<api::GetDid>(Method::kGet, did);
    add.operator()<api::RotateKey>(Method::kPost, did + "/rotate");
    add.operator()<api::DeactivateDid>(Method::kPost, did + "/deactivate");
    add.operator()<api::ChangeServices>(Method::kPost, did + "/services");
    add.operator()<api::ExportKey>(Method::kPost, did + "/custody/export");
    add.operator()<api::OpenSession>(Method::kPost, "/identity/session");
    router_ = std::make_unique<http::Router>(std::move(routes));
    http::DispatcherParts parts;
    parts.router = router_.get();
    parts.idempotency = idempotency_.get();
    parts.clock = &clock_;
    dispatcher_ = std::make_unique<http::Dispatcher>(parts);
  }

  static http::Caller caller(const std::string& id, std::vector<Did> dids) {
    return {http::Role::kMember, http::Credential::kApiKey, id,
            std::make_shared<const std::vector<Did>>(std::move(dids))};
  }

  struct Answer {
    int status = 0;
    std::string content_type;
    Json body;
    std::string text(std::string_view name) const {
      const Json* found = body.find(name);
      return found && found->string() ? *found->string() : "";
    }
  };

  Answer send(http::Method method, const std::string& target, const std::string& body,
              const http::Caller& who = {}, std::vector<std::pair<std::string, std::string>> headers = {}) {
    Answer answer;
    const auto answered = std::make_shared<std::promise<void>>();  // keys are kept on another thread
    auto exchange = std::make_shared<http::Exchange>(executor_, [&answer, answered](http::Response response) {
      answer.status = response.status;
      answer.content_type = response.content_type;
      answer.body = codec::parse_json(response.body_text()).value();
      answered->set_value();
    });
    http::Request& request = exchange->request();
    request.method = method;
    EXPECT_TRUE(request.set_target(target));
    request.peer_address = "127.0.0.1";
    request.caller = who;
    if (!body.empty()) headers.emplace_back("content-type", "application/json");
    for (const auto& [name, value] : headers) request.headers.add(name, value);
    request.body = to_bytes(as_bytes(body));
    exchange->set_dispatcher(dispatcher_.get());
    if (dispatcher_->admit(exchange, body.size())) dispatcher_->run(exchange);
    answered->get_future().wait();
    return answer;
  }
  Answer post(const std::string& target, const std::string& body, const http::Caller& who = {},
              std::vector<std::pair<std::string, std::string>> headers = {}) {
    return send(http::Method::kPost, target, body, who, std::move(headers));
  }
  Answer get(const std::string& target, const std::string& accept = "application/json") {
    return send(http::Method::kGet, target, "", {}, {{"accept", accept}});
  }

  // The fields of a plain create with a key of the client's own.
  static Json own_key_body(const std::string& name) {
    const crypto::SecretKey key = key_named(name);
    const Bytes nonce = nonce_named(name);
    const Did did = make_did_icn(IdentityType::kPerson, key.public_key(), nonce);
    return Json::object(
        {{"public_key", crypto::multikey_text(key.public_key())},
         {"nonce", hex_encode(nonce)},
         {"proof", hex_encode(key.sign(key_proof_bytes("test", did, nonce, key.public_key())).view())}});
  }
  std::string signed_transaction(const Did& sender, const KeyId& key_id, const crypto::SecretKey& key,
                                 std::string_view type, Json body) {
    const auto made = writer_->make(sender, {key_id, crypto::SecretKey::from_seed(key.seed().view())}, type,
                                    std::move(body));
    return codec::to_json_text(made.value()->envelope());
  }
  std::size_t kept_keys() {
    auto rows = kCustody.scan(*node_store_, {}).value();
    std::size_t count = 0;
    while (rows.next().value()) ++count;
    return count;
  }
  void set_balance(const Did& did, std::int64_t millimana) {
    storage::StoreSpace space(*ledger_->store().value(), storage::Durability::kBuffered);
    ASSERT_TRUE(kBalances.put(space, did, {millimana}).ok());
  }

  std::string folder_;
  SeededRandom random_{7};
  ManualClock clock_;
  InlineExecutor executor_;
  crypto::SecretKey node_key_ = key_named("node");
  std::optional<crypto::KeyStore> keys_;
  telemetry::Metrics metrics_{clock_};
  ledger::Rules rules_ = testing::make_rules();
  storage::MemoryEngine node_engine_;
  std::unique_ptr<storage::Store> node_store_;
  std::unique_ptr<storage::GroupCommit> node_writes_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<DirectLog> log_;
  std::unique_ptr<ledger::Gateway> gateway_;
  std::unique_ptr<NodeCustody> custody_;
  std::unique_ptr<http::IdempotencyStore> idempotency_;
  std::unique_ptr<ledger::Writer> writer_;
  std::unique_ptr<CallerKeys> caller_keys_;
  std::unique_ptr<http::Sessions> sessions_;
  std::unique_ptr<http::ApiKeys> api_keys_;
  std::unique_ptr<http::Invitations> invitations_;
  http::Cursors cursors_{Bytes(32, 3)};
  HourlyLimit limit_{10, clock_};
  CountingGrant grant_;
  http::WebReader web_{clock_, {}};
  std::unique_ptr<TestServices> services_;
  std::vector<std::unique_ptr<std::string>> paths_;
  std::unique_ptr<http::Router> router_;
  std::unique_ptr<http::Dispatcher> dispatcher_;
  http::Caller local_;
  http::Caller member_;
};

class DevelopmentApiTest : public IdentityApiTest {
 protected:
  DevelopmentApiTest() : IdentityApiTest("development") {}
};

TEST_F(IdentityApiTest, KeyMadeByTheNodeServesItsCallerAlone) {
  const Answer made = post("/identity/did/create", R"({"type":"coop"})", member_);
  ASSERT_EQ(made.status, 201) << codec::write_json(made.body);
  EXPECT_EQ(made.text("key_custody"), "node");
  const std::string did = made.text("did");
  EXPECT_EQ(did.rfind("did:icn:coop:", 0), 0u);
  EXPECT_EQ(made.text("key"), did + "#key-1");
  EXPECT_EQ(*made.body.find("document")->find("id")->string(), did);

  EXPECT_EQ(post("/identity/did/" + did + "/rotate", "{}", caller("key-2", {})).text("code"), "key_not_kept");
  EXPECT_EQ(post("/identity/did/" + did + "/rotate", "{}").text("code"), "no_credentials");
  const Answer rotated = post("/identity/did/" + did + "/rotate", "{}", member_);
  EXPECT_EQ(rotated.status, 200) << codec::write_json(rotated.body);
  EXPECT_EQ(rotated.text("key"), did + "#key-2");
  EXPECT_EQ(rotated.text("key_custody"), "node");

  const Answer changed =
      post("/identity/did/" + did + "/services",
           R"({"add":[{"id":"web","type":"LinkedDomains","endpoint":"https://a.example"}]})", member_);
  EXPECT_EQ(changed.status, 200) << codec::write_json(changed.body);
  EXPECT_NE(changed.body.find("document")->find("service"), nullptr);

  // Who may act as the DID by its credentials may use the key too.
  const Answer ended =
      post("/identity/did/" + did + "/deactivate", R"({"reason":"ceased"})", caller("key-3", {Did(did)}));
  EXPECT_EQ(ended.status, 200) << codec::write_json(ended.body);
  EXPECT_EQ(post("/identity/did/" + did + "/rotate", "{}", member_).text("code"), "key_not_kept");
  EXPECT_NE(metrics_.render().find("icn_identity_dids 1"), std::string::npos);
}

TEST_F(IdentityApiTest, KeysAreKeptForKnownCallersOnly) {
  EXPECT_EQ(post("/identity/did/create", "{}").text("code"), "needs_caller");
  EXPECT_EQ(post("/identity/did/create", R"({"method":"key"})").text("code"), "needs_caller");
  EXPECT_EQ(kept_keys(), 0u);
}

TEST_F(IdentityApiTest, ClientKeyNeedsItsProofAndIsSignedForByTheNode) {
  Json body = own_key_body("mine");
  const Answer made = post("/identity/did/create", codec::write_json(body));
  ASSERT_EQ(made.status, 201) << codec::write_json(made.body);
  EXPECT_EQ(made.text("key_custody"), "client");
  const auto record = kDocuments.get(*ledger_->store().value(), Did(made.text("did"))).value();
  EXPECT_EQ(record->signed_by, crypto::did_key_method(node_key_.public_key()));
  EXPECT_EQ(post("/identity/did/create", codec::write_json(body)).text("code"), "did_exists");
  body.set("nonce", hex_encode(nonce_named("other")));
  EXPECT_EQ(post("/identity/did/create", codec::write_json(body)).text("code"), "I007");
  body.erase("proof");
  EXPECT_EQ(post("/identity/did/create", codec::write_json(body)).text("code"), "malformed");
}

TEST_F(IdentityApiTest, WithoutCredentialsTenAnHour) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(post("/identity/did/create", codec::write_json(own_key_body(std::to_string(i)))).status, 201);
  }
  const std::string eleventh = codec::write_json(own_key_body("eleventh"));
  EXPECT_EQ(post("/identity/did/create", eleventh).status, 429);
  EXPECT_EQ(post("/identity/did/create", eleventh, member_).status, 201);
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(post("/identity/did/create", codec::write_json(own_key_body("later"))).status, 201);
}

TEST_F(IdentityApiTest, TakesWholeTransactions) {
  const crypto::SecretKey key = key_named("mine");
  const Did self = crypto::did_key(key.public_key());
  const KeyId self_key = crypto::did_key_method(key.public_key());
  Json body = own_key_body("mine");
  body.set("type", "person");
  const std::string transaction = signed_transaction(self, self_key, key, "identity.create", body);
  const Answer made = post("/identity/did/create", transaction);
  ASSERT_EQ(made.status, 201) << codec::write_json(made.body);
  const Did did(made.text("did"));
  EXPECT_EQ(made.text("key_custody"), "client");
  EXPECT_EQ(post("/identity/did/create", transaction).text("transaction_id"), made.text("transaction_id"));

  const crypto::SecretKey next = key_named("next");
  const Json rotation = Json::object(
      {{"new_key", crypto::multikey_text(next.public_key())},
       {"nonce", hex_encode(nonce_named("r"))},
       {"proof",
        hex_encode(next.sign(key_proof_bytes("test", did, nonce_named("r"), next.public_key())).view())}});
  const std::string rotate = signed_transaction(did, icn_key_id(did, 1), key, "identity.rotate", rotation);
  EXPECT_EQ(post("/identity/did/" + self.text() + "/rotate", rotate).text("code"), "malformed");
  EXPECT_EQ(post("/identity/did/" + did.text() + "/deactivate", rotate).text("code"), "bad_transaction");
  EXPECT_EQ(post("/identity/did/" + did.text() + "/rotate", rotate).text("key"), did.text() + "#key-2");
  const std::string late =
      signed_transaction(did, icn_key_id(did, 1), key, "identity.deactivate", Json(Json::Object{}));
  EXPECT_EQ(post("/identity/did/" + did.text() + "/deactivate", late).text("code"), "I002");
}

TEST_F(IdentityApiTest, ResolvesOverHttp) {
  const std::string did = post("/identity/did/create", "{}", member_).text("did");
  const Answer plain = get("/identity/did/" + did);
  EXPECT_EQ(plain.status, 200);
  EXPECT_EQ(plain.content_type, "application/did+ld+json");
  EXPECT_EQ(plain.text("id"), did);
  EXPECT_EQ(get("/identity/did/" + did, "application/did+json").content_type, "application/did+json");
  const Answer result = get("/identity/did/" + did, "application/did-resolution");
  EXPECT_EQ(result.status, 200);
  EXPECT_EQ(*result.body.find("didDocumentMetadata")->find("versionId")->string(), "1");
  EXPECT_EQ(get("/identity/did/" + did + "?version=2").status, 404);
  EXPECT_EQ(get("/identity/did/" + did + "?version=0").status, 400);
  EXPECT_EQ(get("/identity/did/did:icn:person").text("code"), "I001");
  EXPECT_EQ(get("/identity/did/did:icn:person:5wr2xHoWXmNQk2JmKzJbMZ").text("code"), "did_not_found");
  EXPECT_EQ(get("/identity/did/did:other:a", "application/did-resolution").status, 501);
  EXPECT_EQ(get("/identity/did/did:web:a.example").text("code"), "web_needs_caller");
  EXPECT_EQ(get("/identity/did/did:icn:x", "application/did-resolution").status, 400);

  ASSERT_EQ(post("/identity/did/" + did + "/deactivate", "{}", member_).status, 200);
  EXPECT_EQ(get("/identity/did/" + did).status, 200);
  EXPECT_EQ(get("/identity/did/" + did, "application/did-resolution").status, 410);
  EXPECT_EQ(get("/identity/did/" + did + "?version=1").status, 200);
}

TEST_F(IdentityApiTest, FeeComesFromTheCallersAccount) {
  const Did payer(post("/identity/did/create", "{}", member_).text("did"));
  set_balance(payer, 12'000);
  const http::Caller paying = caller("key-1", {payer});
  const std::size_t kept = kept_keys();
  EXPECT_EQ(post("/identity/did/create", "{}", paying).status, 201);
  EXPECT_EQ(kBalances.get(*ledger_->store().value(), payer).value()->millimana, 2'000);
  EXPECT_EQ(kept_keys(), kept + 1);
  // 2 mana are left: refused, and the key that was made for it is gone.
  EXPECT_EQ(post("/identity/did/create", "{}", paying).status, 402);
  EXPECT_EQ(kept_keys(), kept + 1);
  const std::string other = R"({"creator":"did:icn:person:5wr2xHoWXmNQk2JmKzJbMZ"})";
  EXPECT_EQ(post("/identity/did/create", other, member_).text("code"), "did_not_found");
  EXPECT_EQ(post("/identity/did/create", "{}", caller("key-2", {payer})).status, 402);
  // Its own key is elsewhere: it must sign the transaction itself.
  const Did self = crypto::did_key(key_named("mine").public_key());
  set_balance(self, 12'000);
  EXPECT_EQ(post("/identity/did/create", "{}", caller("key-3", {self})).text("code"), "key_not_kept");
  EXPECT_EQ(kept_keys(), kept + 1);
}

TEST_F(IdentityApiTest, RetriedRotationIsOneRotation) {
  const std::string did = post("/identity/did/create", "{}", member_).text("did");
  const std::vector<std::pair<std::string, std::string>> header = {{"idempotency-key", "once"}};
  const Answer first = post("/identity/did/" + did + "/rotate", "{}", member_, header);
  const Answer again = post("/identity/did/" + did + "/rotate", "{}", member_, header);
  EXPECT_EQ(first.text("key"), did + "#key-2");
  EXPECT_EQ(again.text("transaction_id"), first.text("transaction_id"));
  EXPECT_EQ(kept_keys(), 2u);
}

TEST_F(IdentityApiTest, KeptKeyLeavesOnce) {
  const std::string did = post("/identity/did/create", "{}", member_).text("did");
  const std::string path = "/identity/did/" + did + "/custody/export";
  EXPECT_EQ(post(path, "{}", caller("key-2", {})).text("code"), "key_not_kept");
  const Answer exported = post(path, "{}", member_);
  ASSERT_EQ(exported.status, 200);
  const auto bytes = codec::multibase_decode(exported.text("secret_key_multibase"));
  ASSERT_TRUE(bytes.ok());
  // multicodec ed25519-priv, 0x1300 as a varint.
  EXPECT_EQ(hex_encode(ByteView(bytes->bytes).first(2)), "8026");
  const crypto::SecretKey secret = crypto::SecretKey::from_seed(ByteView(bytes->bytes).subspan(2));
  const auto record = kDocuments.get(*ledger_->store().value(), Did(did)).value();
  EXPECT_EQ(record->keys.at(0).public_key.bytes, to_bytes(secret.public_key().view()));
  EXPECT_EQ(post(path, "{}", member_).text("code"), "key_already_exported");
  EXPECT_EQ(post("/identity/did/" + did + "/rotate", "{}", member_).status, 200);  // the node has it still
}

TEST_F(IdentityApiTest, SealedKeyOpensInItsOwnRowOnly) {
  const Did first(post("/identity/did/create", R"({"method":"key"})", member_).text("did"));
  const Did second(post("/identity/did/create", R"({"method":"key"})", caller("key-2", {})).text("did"));
  const auto place = [](const Did& did) {
    return DidKeyBytes(did, to_bytes(parse_did(did.text()).value().key.view()));
  };
  CustodyRecord stolen = *kCustody.get(*node_store_, place(second)).value();
  stolen.owner = "key-1";
  storage::StoreSpace space(*node_store_, storage::Durability::kBuffered);
  ASSERT_TRUE(kCustody.put(space, place(first), stolen).ok());
  EXPECT_EQ(custody_->key_for(member_, first).error().code(), "seal_not_opened");
}

TEST_F(IdentityApiTest, OperatorAlsoActsAsTheNode) {
  http::Caller operator_caller = caller("key-9", {});
  EXPECT_EQ(custody_->key_for(operator_caller, custody_->node_did()).error().code(), "key_not_kept");
  operator_caller.role = http::Role::kOperator;
  const auto key = custody_->key_for(operator_caller, custody_->node_did());
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(key->secret.public_key(), node_key_.public_key());
  EXPECT_EQ(
      post("/identity/did/" + custody_->node_did().text() + "/rotate", "{}", operator_caller).text("code"),
      "did_cannot_change");
}

TEST_F(IdentityApiTest, SessionLastsAsLongAsItsKey) {
  const Answer made = post("/identity/did/create", codec::write_json(own_key_body("mine")));
  const Did did(made.text("did"));
  const KeyId key = icn_key_id(did, 1);
  const Answer challenge = post("/identity/session", "{}");
  ASSERT_EQ(challenge.status, 200);
  EXPECT_EQ(challenge.text("audience"), custody_->node_did().text());
  const Bytes message =
      http::Sessions::signing_bytes(challenge.text("challenge"), challenge.text("audience"), key);
  Json answer = Json::object({{"challenge", challenge.text("challenge")}, {"key", key.text()}});
  EXPECT_EQ(post("/identity/session", codec::write_json(answer)).text("code"), "malformed");
  answer.set("signature", hex_encode(key_named("other").sign(message).view()));
  EXPECT_EQ(post("/identity/session", codec::write_json(answer)).status, 401);
  answer.set("signature", hex_encode(key_named("mine").sign(message).view()));
  const Answer session = post("/identity/session", codec::write_json(answer));
  ASSERT_EQ(session.status, 200) << codec::write_json(session.body);
  const auto who = sessions_->find(session.text("token"));
  ASSERT_TRUE(who.ok());
  EXPECT_TRUE(who->acts_as(did));
  EXPECT_EQ(who->role, http::Role::kMember);

  // What the node keeps for a session belongs to its DID.
  const std::string kept = post("/identity/did/create", "{}", *who).text("did");
  EXPECT_EQ(custody_->owner(Did(kept)).value(), did.text());

  const std::string end =
      signed_transaction(did, key, key_named("mine"), "identity.deactivate", Json(Json::Object{}));
  ASSERT_EQ(post("/identity/did/" + did.text() + "/deactivate", end).status, 200);
  EXPECT_FALSE(sessions_->find(session.text("token")).ok());
}

TEST_F(IdentityApiTest, NodeKeyIsAnOperatorsAndUnknownKeysAreNobodys) {
  EXPECT_EQ(caller_keys_->resolve(crypto::did_key_method(node_key_.public_key()))->role,
            http::Role::kOperator);
  EXPECT_EQ(caller_keys_->resolve(KeyId("did:icn:person:5wr2xHoWXmNQk2JmKzJbMZ#key-1")).error().category(),
            Category::kUnauthenticated);
  EXPECT_FALSE(caller_keys_->resolve(KeyId("")).ok());
}

TEST_F(DevelopmentApiTest, LocalClientIsServedAndGranted) {
  const Answer made = post("/identity/did/create", R"({"method":"key"})", local_);
  ASSERT_EQ(made.status, 201) << codec::write_json(made.body);
  EXPECT_EQ(grant_.granted, std::vector<Did>{Did(made.text("did"))});
  EXPECT_TRUE(custody_->key_for(local_, Did(made.text("did"))).ok());
  EXPECT_EQ(custody_->key_for({}, Did(made.text("did"))).error().code(), "no_credentials");

  const Answer icn = post("/identity/did/create", "{}", local_);
  ASSERT_EQ(icn.status, 201);
  EXPECT_EQ(kBalances.get(*ledger_->store().value(), Did(icn.text("did"))).value()->millimana, 1'750'000);
  EXPECT_EQ(grant_.granted.size(), 1u);
}

TEST_F(IdentityApiTest, NothingIsGrantedInProduction) {
  EXPECT_EQ(post("/identity/did/create", R"({"method":"key"})", member_).status, 201);
  EXPECT_TRUE(grant_.granted.empty());
  EXPECT_EQ(post("/identity/did/create",
                 R"({"method":"key","services":[{"id":"a","type":"b","endpoint":"c:d"}]})", member_)
                .text("code"),
            "malformed");
}

}  // namespace
}  // namespace icn::identity
