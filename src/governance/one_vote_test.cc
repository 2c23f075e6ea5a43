#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "governance/governance_testing.h"
#include "identity/did.h"
#include "identity/key_proof.h"
#include "identity/tx/create_did.h"
#include "identity/tx/rotate_key.h"

// Whatever members, their keys and delegations go through while a vote runs: the ledger's count is that of a
// slow one, which knows nothing but the rules of domain.md 4.
namespace icn::governance {
namespace {

using codec::Json;
using testing::did_named;
using testing::kDay;
using testing::key_named;
using testing::TestLedger;

constexpr std::uint64_t kHopsMax = 10;
constexpr std::uint64_t kCarriedMax = 5;  // of 12 members: 10 % of them or 5

struct Person {
  std::string name;
  Did did;
  bool has_icn = false;  // a did:icn, whose key can change
  int keys = 1;
  std::string key_name() const { return has_icn ? name + "/" + std::to_string(keys) : name; }
  KeyId key_id() const {
    return has_icn ? KeyId(did.text() + "#key-" + std::to_string(keys))
                   : crypto::did_key_method(key_named(name).public_key());
  }
};

// A vote as somebody without a computer would count it.
struct SlowVote {
  std::set<Did> eligible;
  std::set<Did> suspended;  // at the end
  std::map<Did, std::string> ballots;
  std::map<Did, Did> delegations;  // the newest of each

  struct End {
    Did whose;
    std::uint64_t hops = 0;
  };
  // Whose ballot a member's vote follows; none: nobody's.
  std::optional<End> end_of(const Did& member) const {
    End out{member, 0};
    for (std::set<Did> seen{member}; !ballots.contains(out.whose);) {
      const auto link = delegations.find(out.whose);
      if (link == delegations.end()) return std::nullopt;
      const Did& to = link->second;
      if (!eligible.contains(to) || suspended.contains(to) || !seen.insert(to).second) return std::nullopt;
      out = {to, out.hops + 1};
    }
    return out.hops <= kHopsMax ? std::optional(out) : std::nullopt;
  }

  std::map<std::string, std::uint64_t> count() const {
    std::map<std::string, std::uint64_t> out;
    std::map<Did, std::uint64_t> carried;
    for (const Did& member : eligible) {
      const auto end = end_of(member);
      if (!end) continue;
      if (end->hops == 0)
        ++out[ballots.at(member)];
      else
        ++carried[end->whose];
    }
    for (const auto& [whose, members] : carried) out[ballots.at(whose)] += std::min(kCarriedMax, members);
    return out;
  }
};

class OneVoteTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::vector<std::string> founders;
    for (int i = 0; i < 8; ++i) founders.push_back("m" + std::to_string(i));
    ASSERT_EQ(ledger_.found(founders), "ok");
    for (const std::string& name : founders) people_.push_back({name, did_named(name)});
    for (int i = 0; i < 4; ++i) make_person("r" + std::to_string(i));
  }
  void TearDown() override { EXPECT_EQ(ledger_.failures, std::vector<std::string>()); }

  Bytes proof_of(const Did& did, const Bytes& nonce, const crypto::SecretKey& key) {
    return to_bytes(
        key.sign(identity::key_proof_bytes(testing::kNetwork, did, nonce, key.public_key())).view());
  }
  Bytes new_nonce() { return random_.bytes(16); }

  void make_person(const std::string& name) {
    Person person{name, {}, true};
    const crypto::SecretKey key = key_named(person.key_name());
    identity::CreateDid::Body body;
    body.public_key = crypto::multikey_text(key.public_key());
    body.nonce.bytes = new_nonce();
    person.did = identity::make_did_icn(identity::IdentityType::kPerson, key.public_key(), body.nonce.bytes);
    body.proof.bytes = proof_of(person.did, body.nonce.bytes, key);
    ASSERT_EQ(ledger_.submit("m0", "identity.create", codec::to_json(body)), "ok") << ledger_.detail;
    admit(person);
    people_.push_back(person);
  }
  void admit(const Person& person) {
    ledger_.change([&](ledger::View& view) {
      return governance::admit(
          moment(), view, {kLocalScope, person.did, did_named("operator"), {}, "", false}, ledger_.events);
    });
  }
  void suspend(const Person& person) {
    ledger_.change([&](ledger::View& view) {
      return governance::suspend(moment(), view, kLocalScope, person.did, ledger_.events);
    });
  }
  ledger::BlockContext moment() {
    parameters_ = ledger::load_parameters(ledger_.store()).value();
    return {testing::kNetwork, 1, ledger_.now(), 0, &parameters_};
  }

  std::string submit(const Person& person, std::string_view type, Json body) {
    return ledger_.submit_as({person.did, person.key_id(), key_named(person.key_name())}, type,
                             std::move(body));
  }
  std::string vote(const Person& person, const std::string& choice) {
    return submit(person, "governance.vote",
                  Json::object({{"proposal_id", ledger_.last},
                                {"revision", std::uint64_t{ledger_.proposal().revision}},
                                {"choice", choice}}));
  }
  // From then on the old key signs nothing.
  void rotate(Person& person) {
    const Person before = person;
    ++person.keys;
    const crypto::SecretKey key = key_named(person.key_name());
    identity::RotateKey::Body body;
    body.new_key = crypto::multikey_text(key.public_key());
    body.nonce.bytes = new_nonce();
    body.proof.bytes = proof_of(person.did, body.nonce.bytes, key);
    ASSERT_EQ(submit(before, "identity.rotate", codec::to_json(body)), "ok") << ledger_.detail;
    EXPECT_EQ(vote(before, "no"), "I002");
  }

  std::uint64_t draw(std::uint64_t below) { return read_u64(random_.bytes(8)) % below; }
  Person& anybody() { return people_[draw(people_.size())]; }

  // One thing that happens while a vote runs.
  void something_happens() {
    Person& who = anybody();
    switch (draw(8)) {
      case 0:
      case 1:
        return follow(who, anybody());
      case 2:
        return ledger_.pass(draw(7'200));
      case 3:
        // The running time stands still with the network: nothing of the vote changes.
        return ledger_.stand_still(300 + draw(3'600));
      case 4:
        if (who.has_icn && who.keys - keys_before_[who.name] < 2) rotate(who);
        return;
      case 5:
        if (who.name == "m0" || vote_.suspended.size() >= 3 || suspended_.contains(who.did)) return;
        suspend(who);
        suspended_.insert(who.did);
        if (vote_.eligible.contains(who.did)) vote_.suspended.insert(who.did);
        return;
      default:
        return cast(who, draw(2) == 0 ? "yes" : "no");
    }
  }
  void follow(const Person& from, const Person& to) {
    if (submit(from, "governance.delegate", Json::object({{"to", to.did.text()}})) == "ok")
      vote_.delegations[from.did] = to.did;
  }
  void cast(const Person& who, const std::string& choice) {
    const std::string outcome = vote(who, choice);
    if (!vote_.eligible.contains(who.did)) {
      EXPECT_EQ(outcome, "G007");
      return;
    }
    ASSERT_EQ(outcome, "ok") << ledger_.detail;
    vote_.ballots[who.did] = choice;
  }
  // Everybody is back but for one, perhaps; then voting opens.
  void open(std::size_t round) {
    for (const Person& each : people_) {
      if (suspended_.contains(each.did)) admit(each);
      keys_before_[each.name] = each.keys;
    }
    suspended_.clear();
    if (draw(2) == 0) {
      const Person& one = people_[8 + draw(4)];
      suspend(one);
      suspended_.insert(one.did);
    }
    ASSERT_EQ(ledger_.propose(people_[round].name, {testing::text()}), "ok") << ledger_.detail;
    ledger_.pass(3 * kDay);
    ASSERT_EQ(ledger_.state(), "voting");
    vote_.eligible.clear();
    vote_.suspended.clear();
    vote_.ballots.clear();
    for (const Person& each : people_) {
      if (!suspended_.contains(each.did)) vote_.eligible.insert(each.did);
    }
  }

  TestLedger ledger_;
  SeededRandom random_{20'26};
  std::vector<Person> people_;
  std::map<std::string, int> keys_before_;
  std::set<Did> suspended_;
  SlowVote vote_;
  ledger::Parameters parameters_;
};

TEST_F(OneVoteTest, TheCountIsThatOfASlowOneWhateverHappens) {
  for (std::size_t round = 0; round < 8; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    open(round);
    const std::uint64_t events = 15 + draw(25);
    for (std::uint64_t i = 0; i < events && !HasFatalFailure(); ++i) something_happens();
    if (HasFatalFailure()) return;
    ledger_.pass(7 * kDay);
    ASSERT_TRUE(ledger_.proposal().result) << ledger_.state();
    const ProposalResult counted = *ledger_.proposal().result;
    auto slow = vote_.count();
    EXPECT_EQ(counted.eligible, vote_.eligible.size());
    EXPECT_EQ(counted.yes, slow["yes"]);
    EXPECT_EQ(counted.no, slow["no"]);
    EXPECT_EQ(counted.participated, slow["yes"] + slow["no"]);
    EXPECT_LE(counted.participated, vote_.eligible.size());
  }
}

}  // namespace
}  // namespace icn::governance
