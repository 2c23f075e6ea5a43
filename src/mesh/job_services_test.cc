#include "mesh/job_services.h"

#include <gtest/gtest.h>

#include <random>

#include "base/errors.h"
#include "mesh/mesh_testing.h"

namespace icn::mesh {
namespace {

using testing::person;

// The same calls for the same seed; what was answered.
std::string play(wasm::HostServices& services, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::string said;
  const auto say = [&](const auto& answer) {
    said += (answer.ok() ? "ok" : std::string(answer.error().code())) + " ";
  };
  for (int call = 0; call < 40; ++call) {
    const auto amount = static_cast<std::int64_t>(random() % 12'000) - 500;
    const Did other = person(random() % 5);
    switch (random() % 8) {
      case 0:
        say(services.spend_mana(amount));
        break;
      case 1:
        say(services.transfer_mana(other.text(), amount));
        break;
      case 2: {
        JobSpec child = testing::echo_spec("child");
        child.max_price = {amount};
        const auto made = services.submit_job(codec::to_json_text(child));
        say(made);
        if (made.ok()) said += *made + " ";
        break;
      }
      case 3: {
        const auto balance = services.mana_balance_millimana(other.text());
        say(balance);
        if (balance.ok()) said += std::to_string(*balance) + " ";
        break;
      }
      case 4:
        say(services.resolve_did(other.text()));
        break;
      case 5: {
        const auto state = services.governance_state(random() % 2 == 0 ? "" : "pr_nobody");
        say(state);
        if (state.ok()) said += *state + " ";
        break;
      }
      case 6:
        say(services.verify_credential(random() % 2 == 0 ? "{}" : "{"));
        break;
      default:
        say(services.submit_job("{\"kind\": 7"));
    }
  }
  return said;
}

// A run and its replay, which has the record alone, answer the same to any calls, and ask for the same.
TEST(JobServices, AReplayAsksForTheSame) {
  testing::TestLedger ledger;
  ASSERT_TRUE(ledger.grant(1).ok);
  JobSpec spec = testing::echo_spec();
  spec.grants = {"submit_job", "pay", "spend"};
  spec.allowance = Allowance{{person(2), person(3)}, {40'000}};
  spec.reads = {"mana_balance:" + person(1).text()};
  const JobId id("bafytest");
  const Did submitter = person(1);
  const std::vector<ReadRecord> declared{{"mana_balance", person(1).text(), "", to_bytes(as_bytes("7"))}};
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    JobServices run(id, spec, submitter, &ledger.store(), ledger.now(), nullptr, declared);
    const std::string said = play(run, seed);
    const codec::Cid asked = effects_cid_of(run.effects());
    const auto record = codec::decode_block<ReadLog>(codec::encode_block(run.reads())).value();
    ReplayServices again(id, spec, record, [](const codec::Cid&) { return Error(errors::kNotFound); });
    EXPECT_EQ(play(again, seed), said);
    EXPECT_EQ(effects_cid_of(again.effects()), asked);
    // The ledger takes just what a run may list.
    EffectGatherer gatherer(id, scope_of(spec));
    for (const Effect& effect : run.effects()) EXPECT_TRUE(gatherer.add(effect).ok());
    EXPECT_LE(gatherer.mana().value, 40'000);
  }
}

}  // namespace
}  // namespace icn::mesh
