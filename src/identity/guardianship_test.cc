#include <gtest/gtest.h>

#include "identity/control.h"
#include "identity/identity_testing.h"
#include "identity/resolver.h"

namespace icn::identity {
namespace {

using codec::Json;
using testing::key_named;
using testing::nonce_named;
using testing::TestLedger;

constexpr std::uint64_t kDay = 86'400;

Json texts(const std::vector<Did>& dids) {
  Json::Array out;
  for (const Did& each : dids) out.emplace_back(each.text());
  return Json(std::move(out));
}

// DIDs by name, whose keys are those of the same name; acts answer "ok" or the code of the error.
class Dids : public ::testing::Test {
 protected:
  Did make(const std::string& name, IdentityType type = IdentityType::kPerson) {
    const auto key = key_named(name);
    const Did sender = crypto::did_key(key.public_key());
    const auto made = ledger_.submit(sender, crypto::did_key_method(key.public_key()), key, "identity.create",
                                     ledger_.create_body(type, key, nonce_named(name)));
    ICN_ASSERT(made.ok());
    dids_[name] = made->did;
    return made->did;
  }
  Did did(const std::string& name) const { return dids_.at(name); }

  std::string act(const std::string& name, std::string_view type, Json body, std::uint32_t number = 1,
                  const std::string& key = "") {
    const auto done = ledger_.submit_any(did(name), icn_key_id(did(name), number),
                                         key_named(key.empty() ? name : key), type, std::move(body));
    return done.ok() ? "ok" : std::string(done.error().code());
  }

  void wait(std::uint64_t secs) {
    // A block a minute and a half: the network does not stand still.
    while (secs > 0) {
      const std::uint64_t step = std::min<std::uint64_t>(secs, 90);
      ledger_.advance(step);
      ledger_.idle_block();
      secs -= step;
    }
  }

  std::uint32_t keys_made(const std::string& name) {
    return kDocuments.get(ledger_.store(), did(name)).value()->keys_made;
  }

  TestLedger ledger_;
  std::map<std::string, Did> dids_;
};

class GuardianTest : public Dids {
 protected:
  GuardianTest() {
    make("alice");
    for (const char* name : {"g1", "g2", "g3", "g4", "stranger"}) make(name);
  }

  Json guardians(const std::vector<std::string>& names, int threshold, std::uint64_t delay_secs = 7 * kDay) {
    std::vector<Did> list;
    for (const std::string& each : names) list.push_back(did(each));
    return Json::object({{"guardians", texts(list)}, {"threshold", threshold}, {"delay_secs", delay_secs}});
  }
  void guard() {
    ASSERT_EQ(act("alice", "identity.guardians", guardians({"g1", "g2", "g3", "g4"}, 3)), "ok");
  }

  std::string open(const std::string& by, const std::string& key, const std::string& proved_by = "") {
    Json body = ledger_.rotate_body(did("alice"), key_named(proved_by.empty() ? key : proved_by),
                                    nonce_named("recovery"));
    body.set("new_key", crypto::multikey_text(key_named(key).public_key()));
    body.set("did", did("alice").text());
    return act(by, "identity.recover", std::move(body));
  }
  Json named(const std::string& key) {
    return Json::object({{"new_key", crypto::multikey_text(key_named(key).public_key())}});
  }
  std::string approve(const std::string& by, const std::string& key) {
    Json body = named(key);
    body.set("did", did("alice").text());
    return act(by, "identity.approve_recovery", std::move(body));
  }
  std::string cancel(const std::string& key, std::uint32_t number = 1, const std::string& with = "alice") {
    return act("alice", "identity.cancel_recovery", named(key), number, with);
  }
};

TEST_F(GuardianTest, ThreeOfFourGiveANewKeyAfterAWeek) {
  guard();
  EXPECT_EQ(open("g1", "new"), "ok");
  EXPECT_EQ(approve("g2", "new"), "ok");
  wait(10);
  EXPECT_EQ(keys_made("alice"), 1u);
  EXPECT_EQ(approve("g3", "new"), "ok");
  wait(7 * kDay - 1);
  EXPECT_EQ(keys_made("alice"), 1u);
  EXPECT_EQ(act("alice", "identity.services",
                Json::object({{"remove", Json::array({"none"})}, {"add", Json::array({})}})),
            "service_not_found");  // the old key still signs
  wait(1);
  EXPECT_EQ(keys_made("alice"), 2u);
  const auto record = kDocuments.get(ledger_.store(), did("alice")).value();
  EXPECT_EQ(record->version, 2u);
  EXPECT_EQ(record->keys.at(0).public_key.bytes, to_bytes(key_named("new").public_key().view()));
  EXPECT_EQ(record->signed_by, icn_key_id(did("g1"), 1));
  EXPECT_EQ(act("alice", "identity.deactivate", Json(Json::Object{}), 1), "I002");
  EXPECT_EQ(act("alice", "identity.deactivate", Json(Json::Object{}), 2, "new"), "ok");
  EXPECT_TRUE(ledger_.failures().empty());
  EXPECT_TRUE(recoveries_of(ledger_.store(), did("alice")).value().empty());
}

TEST_F(GuardianTest, OnlyGuardiansAndEachOnce) {
  EXPECT_EQ(open("g1", "new"), "not_guardian");
  guard();
  EXPECT_EQ(open("stranger", "new"), "not_guardian");
  EXPECT_EQ(approve("g1", "new"), "recovery_not_found");
  EXPECT_EQ(open("g1", "new", "other"), "I007");
  EXPECT_EQ(open("g1", "alice"), "key_used_before");
  EXPECT_EQ(open("g1", "new"), "ok");
  EXPECT_EQ(open("g2", "new"), "recovery_exists");
  EXPECT_EQ(approve("g1", "new"), "recovery_state");
  EXPECT_EQ(approve("stranger", "new"), "not_guardian");
  EXPECT_EQ(approve("g2", "new"), "ok");
  EXPECT_EQ(cancel("new"), "I010");  // nothing to stop yet
  EXPECT_EQ(approve("g3", "new"), "ok");
  EXPECT_EQ(approve("g4", "new"), "recovery_state");
  EXPECT_EQ(open("g4", "another"), "I006");
}

TEST_F(GuardianTest, ApprovalsComeWithinADay) {
  guard();
  EXPECT_EQ(open("g1", "new"), "ok");
  wait(kDay - 10);
  EXPECT_EQ(approve("g2", "new"), "ok");
  wait(10);
  EXPECT_EQ(approve("g3", "new"), "recovery_not_found");
  wait(8 * kDay);
  EXPECT_EQ(keys_made("alice"), 1u);
}

TEST_F(GuardianTest, AGuardianStandsForOneKey) {
  guard();
  EXPECT_EQ(open("g1", "mine"), "ok");
  EXPECT_EQ(approve("g2", "mine"), "ok");
  EXPECT_EQ(open("g2", "other"), "ok");
  EXPECT_EQ(approve("g3", "mine"), "ok");
  const auto all = recoveries_of(ledger_.store(), did("alice")).value();
  ASSERT_EQ(all.size(), 2u);
  for (const Recovery& each : all) EXPECT_FALSE(each.is_waiting);
  EXPECT_EQ(approve("g1", "other"), "ok");
  EXPECT_EQ(approve("g3", "other"), "ok");
  // Nobody stands for the first one any more.
  EXPECT_EQ(recoveries_of(ledger_.store(), did("alice")).value().size(), 1u);
}

TEST_F(GuardianTest, TheOwnerTakesItBackAndTheSecondTimeIsFrozen) {
  guard();
  for (const char* key : {"first", "second"}) {
    EXPECT_EQ(open("g1", key), "ok");
    EXPECT_EQ(approve("g2", key), "ok");
    EXPECT_EQ(approve("g3", key), "ok");
    EXPECT_EQ(cancel(key), "ok") << key;
    wait(60);
  }
  EXPECT_EQ(act("alice", "identity.guardians", guardians({}, 0)), "did_frozen");
  EXPECT_EQ(open("g1", "third"), "ok");
  EXPECT_EQ(approve("g2", "third"), "ok");
  EXPECT_EQ(approve("g3", "third"), "ok");
  EXPECT_EQ(cancel("third"), "did_frozen");
  wait(7 * kDay);
  EXPECT_EQ(keys_made("alice"), 2u);
  // Recovered: its new key signs.
  EXPECT_EQ(act("alice", "identity.guardians", guardians({}, 0), 2, "third"), "ok");
}

TEST_F(GuardianTest, AFreezeEndsAfterThirtyDays) {
  guard();
  for (const char* key : {"first", "second"}) {
    open("g1", key);
    approve("g2", key);
    approve("g3", key);
    EXPECT_EQ(cancel(key), "ok");
  }
  wait(30 * kDay - 60);
  EXPECT_EQ(act("alice", "identity.guardians", guardians({}, 0)), "did_frozen");
  wait(60);
  EXPECT_EQ(act("alice", "identity.guardians", guardians({}, 0)), "ok");
}

// Who steals a key cannot shut the guardians out faster than they act.
TEST_F(GuardianTest, OtherGuardiansComeAfterAWeek) {
  guard();
  EXPECT_EQ(act("alice", "identity.guardians", guardians({"g1", "stranger", "g2"}, 3)), "ok");
  EXPECT_EQ(open("stranger", "new"), "not_guardian");
  EXPECT_EQ(open("g3", "new"), "ok");
  wait(7 * kDay);
  EXPECT_EQ(open("g4", "new"), "not_guardian");
  EXPECT_EQ(open("stranger", "new"), "ok");
}

// The thief named its guardians first: theirs would be due while the recovery still waits.
TEST_F(GuardianTest, ARecoveryEndsWhatAThiefBegan) {
  guard();
  EXPECT_EQ(act("alice", "identity.guardians", guardians({"g1", "stranger", "g2"}, 3)), "ok");
  wait(60);
  EXPECT_EQ(open("g1", "new"), "ok");
  EXPECT_EQ(approve("g2", "new"), "ok");
  EXPECT_EQ(approve("g3", "new"), "ok");
  wait(7 * kDay - 30);
  EXPECT_EQ(kGuardianships.get(ledger_.store(), did("alice")).value()->now.guardians.size(), 4u);
  wait(30);
  const auto held = kGuardianships.get(ledger_.store(), did("alice")).value();
  EXPECT_EQ(keys_made("alice"), 2u);
  EXPECT_EQ(held->now.guardians.size(), 4u);
  EXPECT_FALSE(held->next.has_value());
  wait(7 * kDay);
  EXPECT_EQ(kGuardianships.get(ledger_.store(), did("alice")).value()->now.guardians.size(), 4u);
}

TEST_F(GuardianTest, HowManyAndWho) {
  const auto set = [&](const std::vector<std::string>& names, int threshold, std::uint64_t delay = 7 * kDay) {
    return act("alice", "identity.guardians", guardians(names, threshold, delay));
  };
  EXPECT_EQ(set({"g1", "g2"}, 2), "bad_guardians");
  EXPECT_EQ(set({"g1", "g2", "g3"}, 2), "bad_guardians");
  EXPECT_EQ(set({"g1", "g2", "g3"}, 4), "bad_guardians");
  EXPECT_EQ(set({"g1", "g2", "g2"}, 3), "bad_guardians");
  EXPECT_EQ(set({"g1", "g2", "alice"}, 3), "bad_guardians");
  EXPECT_EQ(set({"g1", "g2", "g3"}, 3, 7 * kDay - 1), "bad_guardians");
  EXPECT_EQ(set({"g1", "g2", "g3"}, 3, 90 * kDay + 1), "malformed");
  EXPECT_EQ(set({"g1", "g2", "g3"}, 3), "ok");
  make("coop", IdentityType::kCoop);
  make("phone", IdentityType::kDevice);
  EXPECT_EQ(act("coop", "identity.guardians", guardians({"g1", "g2"}, 1)), "bad_guardians");
  EXPECT_EQ(act("coop", "identity.guardians", guardians({"g1", "g2"}, 2)), "ok");
  EXPECT_EQ(act("phone", "identity.guardians", guardians({"g1", "g2", "g3"}, 3)), "not_recoverable");
}

TEST_F(GuardianTest, PeriodsAreParameters) {
  ledger_.set_parameter("identity.recovery_delay_secs", 2 * kDay);
  ledger_.set_parameter("identity.recovery_approval_secs", 3'600);
  ledger_.set_parameter("identity.cancellation_window_secs", 5 * kDay);
  ASSERT_EQ(act("alice", "identity.guardians", guardians({"g1", "g2", "g3"}, 3, 2 * kDay - 1)),
            "bad_guardians");
  ASSERT_EQ(act("alice", "identity.guardians", guardians({"g1", "g2", "g3"}, 3, 2 * kDay)), "ok");
  EXPECT_EQ(open("g1", "late"), "ok");
  wait(3'600);
  EXPECT_EQ(approve("g2", "late"), "recovery_not_found");
  for (const char* key : {"first", "second"}) {
    EXPECT_EQ(open("g1", key), "ok");
    EXPECT_EQ(approve("g2", key), "ok");
    EXPECT_EQ(approve("g3", key), "ok");
    EXPECT_EQ(cancel(key), "ok");
    wait(5 * kDay);
  }
  // Each alone in its window: nothing is frozen, and the third takes effect after two days.
  EXPECT_EQ(open("g1", "third"), "ok");
  EXPECT_EQ(approve("g2", "third"), "ok");
  EXPECT_EQ(approve("g3", "third"), "ok");
  wait(2 * kDay);
  EXPECT_EQ(keys_made("alice"), 2u);
}

class ControllerTest : public Dids {
 protected:
  ControllerTest() {
    make("alice");
    make("bob");
    make("phone", IdentityType::kDevice);
  }
  Json controllers(const std::vector<std::string>& names) {
    std::vector<Did> list;
    for (const std::string& each : names) list.push_back(did(each));
    return Json::object({{"controllers", texts(list)}});
  }
  std::string manage(const std::string& by, Json body, const std::string& what = "phone") {
    Json whole = Json::object({{"did", did(what).text()}});
    for (const auto& [name, value] : *body.object()) whole.set(name, value);
    return act(by, "identity.manage", std::move(whole));
  }
  std::string controller_text(std::optional<std::uint64_t> version = {}) {
    const auto resolved = resolve(ledger_.store(), did("phone"), version).value();
    return codec::write_json(*resolved.document.find("controller"));
  }
};

TEST_F(ControllerTest, AnOwnerChangesItsDevice) {
  EXPECT_EQ(manage("alice", Json::object({{"deactivate", true}})), "not_controller");
  EXPECT_EQ(act("phone", "identity.controllers", controllers({"alice"})), "ok");
  EXPECT_EQ(controller_text(), "[\"" + did("phone").text() + "\",\"" + did("alice").text() + "\"]");
  EXPECT_EQ(controller_text(1), "\"" + did("phone").text() + "\"");
  EXPECT_EQ(manage("bob", Json::object({{"deactivate", true}})), "not_controller");
  // Who has the device's key cannot take it away.
  EXPECT_EQ(act("phone", "identity.controllers", controllers({"bob"})), "has_controllers");
  EXPECT_EQ(manage("alice", ledger_.rotate_body(did("phone"), key_named("phone 2"), nonce_named("r"))), "ok");
  EXPECT_EQ(keys_made("phone"), 2u);
  EXPECT_EQ(manage("alice", ledger_.rotate_body(did("phone"), key_named("phone"), nonce_named("r"))),
            "key_used_before");
  EXPECT_EQ(manage("alice", controllers({"bob"})), "ok");
  EXPECT_EQ(manage("alice", Json::object({{"deactivate", true}})), "not_controller");
  const Json service = Json::object({{"id", "inbox"}, {"type", "Inbox"}, {"endpoint", "https://a.example/"}});
  EXPECT_EQ(manage("bob", Json::object({{"add", Json::array({service})}})), "ok");
  EXPECT_EQ(manage("bob", Json::object({{"deactivate", true}})), "ok");
  EXPECT_EQ(manage("bob", Json::object({{"deactivate", true}})), "did_deactivated");
  EXPECT_EQ(kDocuments.get(ledger_.store(), did("phone")).value()->version, 6u);
  EXPECT_TRUE(ledger_.failures().empty());
}

// Who is named agrees by changing the thing; until somebody did it is whose who made it.
TEST_F(ControllerTest, NobodyOwnsByBeingNamed) {
  using Owners = std::vector<Did>;
  const auto owners = [&] { return owners_of(ledger_.store(), did("phone")).value(); };
  const Did maker = crypto::did_key(key_named("phone").public_key());  // before it had a DID
  EXPECT_EQ(owners(), Owners{maker});
  EXPECT_EQ(owners_of(ledger_.store(), did("alice")).value(), Owners{});
  EXPECT_EQ(act("phone", "identity.controllers", controllers({"alice", "bob"})), "ok");
  EXPECT_EQ(owners(), Owners{maker});
  EXPECT_EQ(manage("alice", controllers({"alice", "bob"})), "ok");
  EXPECT_EQ(owners(), Owners{did("alice")});
  const Json service = Json::object({{"id", "inbox"}, {"type", "Inbox"}, {"endpoint", "https://a.example/"}});
  EXPECT_EQ(manage("bob", Json::object({{"add", Json::array({service})}})), "ok");
  EXPECT_EQ(owners(), (Owners{did("alice"), did("bob")}));
  EXPECT_EQ(manage("alice", controllers({"bob"})), "ok");  // who agreed once need not again
  EXPECT_EQ(owners(), Owners{did("bob")});
  EXPECT_EQ(manage("bob", controllers({"alice"})), "ok");  // given away, to who has to agree anew
  EXPECT_EQ(owners(), Owners{maker});
  EXPECT_TRUE(ledger_.failures().empty());
}

TEST_F(ControllerTest, WhoMadeAThingAgreesToBeNamed) {
  const auto key = key_named("lamp");
  const auto made =
      ledger_.submit(did("alice"), icn_key_id(did("alice"), 1), key_named("alice"), "identity.create",
                     ledger_.create_body(IdentityType::kDevice, key, nonce_named("lamp")));
  ASSERT_TRUE(made.ok()) << made.error().detail();
  dids_["lamp"] = made->did;
  EXPECT_EQ(owners_of(ledger_.store(), made->did).value(), std::vector<Did>{did("alice")});
  EXPECT_EQ(act("lamp", "identity.controllers", controllers({"bob"})), "ok");
  EXPECT_EQ(owners_of(ledger_.store(), made->did).value(), std::vector<Did>{did("alice")});
  EXPECT_EQ(manage("bob", controllers({"alice", "bob"}), "lamp"), "ok");
  EXPECT_EQ(owners_of(ledger_.store(), made->did).value(), (std::vector<Did>{did("alice"), did("bob")}));
}

TEST_F(ControllerTest, WhoAndWhat) {
  EXPECT_EQ(act("alice", "identity.controllers", controllers({"bob"})), "not_a_thing");
  EXPECT_EQ(act("phone", "identity.controllers", controllers({"phone"})), "bad_controllers");
  EXPECT_EQ(act("phone", "identity.controllers", controllers({"alice", "alice"})), "bad_controllers");
  EXPECT_EQ(act("phone", "identity.controllers", Json::object({{"controllers", Json::array({})}})),
            "malformed");
  EXPECT_EQ(act("phone", "identity.controllers",
                Json::object({{"controllers", Json::array({"did:icn:person:5wr2xHoWXmNQk2JmKzJbMZ"})}})),
            "did_not_found");
  ASSERT_EQ(act("bob", "identity.deactivate", Json(Json::Object{})), "ok");
  EXPECT_EQ(act("phone", "identity.controllers", controllers({"bob"})), "did_deactivated");
  EXPECT_EQ(act("phone", "identity.controllers", controllers({"alice"})), "ok");
  EXPECT_EQ(manage("alice", Json(Json::Object{})), "malformed");
  Json both = controllers({"alice"});
  both.set("deactivate", true);
  EXPECT_EQ(manage("alice", both), "malformed");
  Json unproved = ledger_.rotate_body(did("phone"), key_named("phone 2"), nonce_named("r"));
  unproved.set("new_key", crypto::multikey_text(key_named("other").public_key()));
  EXPECT_EQ(manage("alice", unproved), "I007");
  EXPECT_EQ(manage("alice", Json::object({{"new_key", crypto::multikey_text(key_named("x").public_key())}})),
            "malformed");
}

}  // namespace
}  // namespace icn::identity
