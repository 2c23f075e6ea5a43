#include <gtest/gtest.h>

#include <sstream>

#include "credentials/operations.h"
#include "credentials/status_pages.h"
#include "credentials/tx/anchor_disclosure.h"
#include "credentials/tx/change_status.h"
#include "credentials/tx/issue.h"
#include "credentials/tx/register_schema.h"
#include "identity/identity_testing.h"

namespace icn::credentials {
namespace {

using identity::testing::kBalances;
using identity::testing::key_named;
using identity::testing::kGenesisTime;

ledger::Rules make_rules() {
  using ledger::make_transaction_type;
  return {
      ledger::TransactionTypes({
          make_transaction_type<RegisterSchema>(24, "credential.schema", false, "names a kind of claims"),
          make_transaction_type<IssueCredential>(25, "credential.issue", false, "anchors a credential"),
          make_transaction_type<ChangeCredentialStatus>(26, "credential.revoke", false, "changes its status"),
          make_transaction_type<AnchorDisclosure>(27, "credential.anchor", false, "counts a use"),
      }),
      {},
      invariants(),
      {},
      &identity::resolve_key,
      {&identity::testing::burn_fee, &identity::testing::has_account, &identity::testing::grant_start}};
}

Did did_named(const std::string& name) { return crypto::did_key(key_named(name).public_key()); }
codec::Cid cid_named(const std::string& name) { return codec::Cid::of(codec::kRaw, as_bytes(name)); }

class TestLedger {
 public:
  TestLedger() : rules_(make_rules()) {
    std::vector<storage::TableSchema> schemas = tables();
    for (const auto& schema : identity::tables()) schemas.push_back(schema);
    for (const auto& schema :
         {ledger::kParameters.schema(), ledger::kClock.schema(), ledger::kDue.schema(),
          ledger::kStuckRows.schema(), ledger::kNetwork.schema(), ledger::kTransactionPlaces.schema(),
          ledger::kHeaders.schema(), ledger::kBodies.schema(), kBalances.schema()}) {
      schemas.push_back(schema);
    }
    store_ = engine_.open(schemas).value();
    take(ledger::BlockExecutor(rules_).genesis({"test", "production", did_named("operator"), kGenesisTime},
                                               *store_));
  }

  ledger::Outcome submit(const std::string& sender, std::string_view type, codec::Json body) {
    ledger::Transaction transaction;
    transaction.network = "test";
    transaction.sender = did_named(sender);
    transaction.key = crypto::did_key_method(key_named(sender).public_key());
    transaction.nonce.bytes = identity::testing::nonce_named(std::to_string(++count_));
    transaction.type = type;
    transaction.body = std::move(body);
    transaction.expires = time_ + 60;
    ledger::sign(transaction, key_named(sender));
    auto checked = ledger::CheckedTransaction::from_json(rules_.types, codec::to_json(transaction));
    if (!checked.ok()) {
      ledger::Outcome refused;
      refused.ok = false;
      refused.code = std::string(checked.error().code());
      return refused;
    }
    (*checked)->set_verified_key(key_named(sender).public_key());
    const std::shared_ptr<const ledger::CheckedTransaction> one = *checked;
    return take(ledger::BlockExecutor(rules_).execute(head_, *store_, time_, {&one, 1})).outcomes.at(0);
  }

  void advance(std::uint64_t secs) { time_ += secs; }
  TimestampSecs time() const { return time_; }
  storage::Store& store() { return *store_; }
  const std::vector<std::string>& failures() const { return failures_; }
  template <typename Key, typename Record>
  void put(const ledger::Table<Key, Record>& table, const Key& key, const Record& record) {
    storage::StoreSpace space(*store_, storage::Durability::kBuffered);
    ICN_ASSERT(table.put(space, key, record).ok());
  }

 private:
  ledger::ExecutedBlock take(Result<ledger::ExecutedBlock> block) {
    ICN_ASSERT(block.ok());
    head_ = block->head;
    for (const std::string& failure : block->failures) failures_.push_back(failure);
    ICN_ASSERT(store_->write(block->rows, storage::Durability::kBuffered).ok());
    return std::move(block).value();
  }

  ledger::Rules rules_;
  storage::MemoryEngine engine_;
  std::unique_ptr<storage::Store> store_;
  ledger::Head head_;
  TimestampSecs time_ = kGenesisTime + 10;
  std::uint64_t count_ = 0;
  std::vector<std::string> failures_;
};

// One line an event; what must come of it stands behind "->": "ok" or the code of the error.
//   issue CREDENTIAL by WHO to WHO at INDEX [list N] [schema ID] [until SECONDS] [revocable WHO] [uses N]
//   revoke|suspend|lift CREDENTIAL by WHO [why NAME] [of ISSUER]
//   anchor CREDENTIAL by WHO as DISCLOSURE [of ISSUER]
//   schema NAME VERSION by WHO [only WHO]
//   balance WHO MILLIMANA        wait SECONDS
class EventTable {
 public:
  explicit EventTable(TestLedger& ledger) : ledger_(ledger) {}

  void run(const std::string& table) {
    std::istringstream lines(table);
    for (std::string line; std::getline(lines, line);) {
      const std::size_t arrow = line.find("->");
      std::istringstream words(line.substr(0, arrow));
      std::string verb;
      if (!(words >> verb)) continue;
      words >> name_;
      if (verb == "wait") {
        ledger_.advance(std::stoull(name_));
        continue;
      }
      options_.clear();
      if (verb == "balance" || verb == "schema") words >> options_["value"];
      for (std::string option, value; words >> option >> value;) options_[option] = value;
      if (verb == "balance") {
        ledger_.put(kBalances, did_named(name_), identity::testing::Balance{std::stoll(options_["value"])});
        continue;
      }
      EXPECT_EQ(event(verb), line.substr(line.find_first_not_of(' ', arrow + 2))) << line;
    }
    EXPECT_TRUE(ledger_.failures().empty());
  }

 private:
  std::uint64_t number(const std::string& option, std::uint64_t otherwise) {
    return options_.contains(option) ? std::stoull(options_[option]) : otherwise;
  }

  std::string event(const std::string& verb) {
    const std::string sender = options_["by"];
    if (verb == "schema") {
      RegisterSchema::Body body{name_, static_cast<std::uint32_t>(number("value", 1)), cid_named(name_), {}};
      if (options_.contains("only")) body.issuers = {did_named(options_["only"])};
      return said(ledger_.submit(sender, "credential.schema", codec::to_json(body)));
    }
    if (verb == "issue")
      return said(ledger_.submit(sender, "credential.issue", codec::to_json(issue_body())));
    if (verb == "anchor") {
      AnchorDisclosure::Body body{cid_named(name_), cid_named(options_["as"]), did_named("shop"), {}};
      if (options_.contains("of")) body.issuer = did_named(options_["of"]);
      return said(ledger_.submit(sender, "credential.anchor", codec::to_json(body)));
    }
    ChangeCredentialStatus::Body body{cid_named(name_), StatusChange::kRevoke, cid_named("why"), {}};
    if (verb == "suspend") body.change = StatusChange::kSuspend;
    if (verb == "lift") body.change = StatusChange::kLift;
    if (options_.contains("of")) body.issuer = did_named(options_["of"]);
    if (options_["why"] == "none") body.reason = codec::Cid();
    codec::Json json = codec::to_json(body);
    return said(ledger_.submit(sender, "credential.revoke", std::move(json)));
  }

  IssueCredential::Body issue_body() {
    IssueCredential::Body body;
    body.cid =
        options_["form"] == "cbor" ? codec::Cid::of(codec::kDagCbor, as_bytes(name_)) : cid_named(name_);
    const std::string holder = options_["to"];
    body.holder = holder.find(':') == std::string::npos ? did_named(holder) : Did(holder);
    body.type = options_.contains("type") ? options_["type"] : "Skill";
    body.schema = options_["schema"];
    body.expires_at = ledger_.time() + number("until", 1'000);
    body.list = static_cast<std::uint32_t>(number("list", 1));
    body.index = static_cast<std::uint32_t>(number("at", 0));
    if (options_.contains("revocable")) body.revocable_by = {did_named(options_["revocable"])};
    if (options_.contains("uses")) body.usage_limit = number("uses", 1);
    return body;
  }

  static std::string said(const ledger::Outcome& outcome) { return outcome.ok ? "ok" : outcome.code; }

  TestLedger& ledger_;
  std::string name_;
  std::map<std::string, std::string> options_;
};

TEST(CredentialTransactions, LiveAsTheTableSays) {
  TestLedger ledger;
  EventTable(ledger).run(R"(
    issue one by bakery to alice at 5                        -> exceeds_balance
    balance bakery 2500
    balance farm 100000
    issue one by bakery to alice at 5                        -> ok
    issue one by bakery to alice at 6                        -> credential_exists
    issue two by bakery to alice at 5                        -> status_index_taken
    issue two by bakery to alice at 131072                   -> malformed
    issue two by bakery to alice at 6 list 2                 -> bad_credential
    issue two by bakery to alice at 6 until 0                -> bad_credential
    issue two by bakery to alice at 6 form cbor              -> bad_credential
    issue two by bakery to did:icn:person:4bLc5fYZJ4wsTeUUgPJbWC at 6 -> did_not_found
    issue two by bakery to did:web:a.example at 6            -> unsupported_did_method
    issue two by bakery to did:key:z6Mkbad at 6              -> I001
    issue two by bakery to alice at 6 schema icn:cooperative:membership:v1 -> ok
    issue three by bakery to alice at 7                      -> exceeds_balance
    issue three by farm to alice at 5 revocable bob uses 2   -> ok

    suspend one by bakery                                    -> ok
    suspend one by bakery                                    -> wrong_status
    anchor one by alice as d1                                -> wrong_status
    lift one by bakery                                       -> ok
    lift one by bakery                                       -> wrong_status
    suspend one by farm                                      -> not_revocable_by
    revoke one by alice                                      -> not_revocable_by
    revoke one by bakery why none                            -> bad_cid
    suspend one by bakery                                    -> ok
    revoke one by bakery                                     -> ok
    revoke one by bakery                                     -> already_revoked
    lift one by bakery                                       -> already_revoked
    revoke nothing by bakery                                 -> credential_not_found

    anchor one by alice as d1                                -> already_revoked
    anchor three by bob as d1                                -> not_holder
    anchor three by farm as d1                               -> not_holder
    anchor nothing by alice as d1                            -> credential_not_found
    anchor three by alice as d1                              -> ok
    anchor three by alice as d1                              -> disclosure_exists
    anchor three by alice as d2                              -> ok
    anchor three by alice as d3                              -> used_up
    wait 2000
    anchor two by alice as d1                                -> I003
    revoke three by bob                                      -> ok
  )");
}

TEST(CredentialTransactions, SchemasBelongToTheirAuthors) {
  TestLedger ledger;
  EventTable(ledger).run(R"(
    balance bakery 100000
    balance farm 100000
    schema bread:skill 1 by bakery only bakery               -> ok
    schema bread:skill 1 by bakery                           -> schema_exists
    schema bread:skill 3 by bakery                           -> schema_not_found
    schema bread:skill 2 by farm                             -> I005
    schema bread:skill 2 by bakery                           -> ok
    schema icn:skill 1 by bakery                             -> bad_schema
    schema Bread:skill 1 by bakery                           -> bad_schema
    schema breadskill 1 by bakery                            -> bad_schema
    issue one by farm to alice at 1 schema bread:skill:v1    -> I005
    issue one by farm to alice at 1 schema bread:skill:v4    -> schema_not_found
    issue one by farm to alice at 1 schema bread:skill:v2    -> ok
    issue two by bakery to alice at 1 schema bread:skill:v1  -> ok
  )");
}

TEST(CredentialTransactions, ADidHoldsAThousand) {
  TestLedger ledger;
  ledger.put(kCredentialCounts, did_named("alice"), CredentialCounts{0, kHeldMax});
  EventTable(ledger).run(R"(
    balance bakery 100000
    issue one by bakery to alice at 1                        -> too_many_credentials
    issue one by bakery to bob at 1                          -> ok
  )");
  ledger.put(kCredentialCounts, did_named("bakery"), CredentialCounts{kEntriesUsed, 0});
  EventTable(ledger).run(R"(
    issue two by bakery to bob at 1 list 2                   -> ok
    issue three by bakery to bob at 1 list 3                 -> bad_credential
  )");
}

TEST(CredentialTransactions, WhatExpiredMakesRoom) {
  TestLedger ledger;
  EventTable(ledger).run(R"(
    balance bakery 100000
    issue one by bakery to alice at 1 until 100              -> ok
    issue two by bakery to alice at 2                        -> ok
    issue three by bakery to alice at 3                      -> ok
    revoke two by bakery                                     -> ok
  )");
  const Did alice = did_named("alice");
  ASSERT_EQ(kCredentialCounts.get(ledger.store(), alice).value()->held, 2u);
  ledger.put(kCredentialCounts, alice, CredentialCounts{0, kHeldMax});
  EventTable(ledger).run(R"(
    issue four by bakery to alice at 4                       -> too_many_credentials
    wait 100
    issue four by bakery to alice at 4                       -> ok
    issue five by bakery to alice at 5                       -> too_many_credentials
    revoke one by bakery                                     -> ok
    issue five by bakery to alice at 5                       -> too_many_credentials
    revoke three by bakery                                   -> ok
    issue five by bakery to alice at 5                       -> ok
  )");
  EXPECT_EQ(kCredentialCounts.get(ledger.store(), alice).value()->held, kHeldMax);
}

// Who hears of a credential before it is anchored may anchor its CID first, which changes nothing for it.
TEST(CredentialTransactions, ACidIsAnchoredByEachIssuerApart) {
  TestLedger ledger;
  EventTable(ledger).run(R"(
    balance bakery 100000
    balance thief 100000
    issue one by thief to alice at 7                         -> ok
    issue one by bakery to alice at 5 revocable farm         -> ok
    issue one by bakery to alice at 6                        -> credential_exists
    anchor one by alice as d1                                -> several_issuers
    anchor one by alice as d1 of bakery                      -> ok
    anchor one by alice as d2 of farm                        -> credential_not_found
    suspend one by farm                                      -> ok
    lift one by thief of bakery                              -> not_revocable_by
    lift one by bob                                          -> several_issuers
    lift one by bakery                                       -> ok
    revoke one by thief                                      -> ok
  )");
  const Bytes cid = cid_key(cid_named("one"));
  EXPECT_EQ(kCredentials.get(ledger.store(), {cid, did_named("bakery")}).value()->usage_count, 1u);
  EXPECT_EQ(kCredentials.get(ledger.store(), {cid, did_named("bakery")}).value()->status,
            CredentialStatus::kActive);
  EXPECT_EQ(kCredentials.get(ledger.store(), {cid, did_named("thief")}).value()->status,
            CredentialStatus::kRevoked);
}

TEST(CredentialTransactions, TheHourHasItsLimit) {
  TestLedger ledger;
  ledger.put(kBalances, did_named("bakery"), identity::testing::Balance{1'000'000});
  std::string table;
  for (int i = 0; i < 100; ++i)
    table += "issue c" + std::to_string(i) + " by bakery to bob at " + std::to_string(i) + " -> ok\n";
  EventTable(ledger).run(table);
  EventTable(ledger).run(R"(
    issue more by bakery to bob at 200                       -> too_many_identity_operations
    revoke c1 by bakery                                      -> too_many_identity_operations
    wait 3600
    revoke c1 by bakery                                      -> ok
  )");
}

TEST(CredentialTransactions, ListsSayWhatTheCredentialsSay) {
  TestLedger ledger;
  EventTable(ledger).run(R"(
    balance bakery 100000
    issue one by bakery to alice at 0                        -> ok
    issue two by bakery to alice at 131071                   -> ok
    issue three by bakery to alice at 94567                  -> ok
    revoke one by bakery                                     -> ok
    suspend two by bakery                                    -> ok
  )");
  const Did bakery = did_named("bakery");
  Bytes revoked(131'072 / 8);
  revoked[0] = 0x80;
  EXPECT_EQ(list_bits(ledger.store(), {bakery, 1, "revocation"}).value(), revoked);
  Bytes suspended(131'072 / 8);
  suspended.back() = 0x01;
  EXPECT_EQ(list_bits(ledger.store(), {bakery, 1, "suspension"}).value(), suspended);
  EXPECT_TRUE(is_taken(ledger.store(), bakery, 1, 94'567).value());
  EXPECT_FALSE(is_taken(ledger.store(), bakery, 1, 94'568).value());
}

TEST(StatusListNames, AreReadExactly) {
  const auto list = parse_list_name("did:icn:coop:abc.12.suspension");
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(list->issuer.text(), "did:icn:coop:abc");
  EXPECT_EQ(list->number, 12u);
  EXPECT_EQ(list->purpose, "suspension");
  for (const char* text : {"", ".", "..", "a.1", "a.0.revocation", "a.01.revocation", "a.1.message",
                           "a.-1.revocation", "a.4294967296.revocation", "1.revocation"}) {
    EXPECT_FALSE(parse_list_name(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace icn::credentials
