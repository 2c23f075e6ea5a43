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
    switch (random() % 12) {
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
      case 7:
        say(services.create_proposal(random() % 2 == 0
                                         ? R"({"title": "Bread", "description": "We bake on Mondays."})"
                                         : R"({"title": "Bread"})"));
        break;
      case 8: {
        const char* ballots[] = {R"({"choice": "yes", "revision": 1})", "no", "{"};
        say(services.cast_vote(random() % 2 == 0 ? "pr_1" : "pr_2", ballots[random() % 3]));
        break;
      }
      case 9:
        say(services.advance_proposal(random() % 2 == 0 ? "pr_1" : "pr_2",
                                      random() % 2 == 0 ? "open" : "shut"));
        break;
      case 10: {
        if (random() % 2 == 0) say(services.save_checkpoint(to_bytes(as_bytes(std::to_string(amount)))));
        const auto state = services.load_checkpoint();
        say(state);
        if (state.ok()) said += to_text(*state) + " ";
        break;
      }
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
  spec.grants = {"submit_job", "pay", "spend", "propose", "vote:pr_1", "advance:pr_1"};
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

// Keeps what is saved.
class KeptStates final : public Checkpoints {
 public:
  void save(Bytes state) override { states.push_back(std::move(state)); }
  Result<std::optional<Saved>> newest() const override {
    if (states.empty()) return std::optional<Saved>();
    return std::optional<Saved>({codec::Cid::of(codec::kRaw, states.back()), states.back()});
  }
  std::vector<Bytes> states;
};

Bytes bytes_of(std::string_view text) { return to_bytes(as_bytes(text)); }

TEST(JobServices, ARunGoesOnFromWhatAnEarlierOneSaved) {
  const JobSpec spec = testing::echo_spec();
  const JobId id("bafytest");
  const Did submitter = person(1);
  KeptStates states;
  {
    JobServices first(id, spec, submitter, nullptr, 0, nullptr, {}, &states);
    EXPECT_TRUE(first.load_checkpoint().error().is(errors::kNotFound));
    ASSERT_TRUE(first.save_checkpoint(bytes_of("one")).ok());
    ASSERT_TRUE(first.save_checkpoint(bytes_of("two")).ok());
    EXPECT_EQ(first.load_checkpoint().value(), bytes_of("two"));
    EXPECT_FALSE(went_on(first.reads()));
  }
  JobServices second(id, spec, submitter, nullptr, 0, nullptr, {}, &states);
  EXPECT_EQ(second.load_checkpoint().value(), bytes_of("two"));
  ASSERT_EQ(second.reads().reads.size(), 1u);
  EXPECT_TRUE(went_on(second.reads()));
  // Who checks the receipt begins from the beginning: a state is nobody's proof.
  ReplayServices again(id, spec, second.reads(), [](const codec::Cid&) { return Error(errors::kNotFound); });
  EXPECT_TRUE(again.load_checkpoint().error().is(errors::kNotFound));
}

TEST(JobServices, WhereARunMayBeHeldAgainstAnotherNoStateIsKept) {
  JobSpec redundant = testing::redundant_spec(RedundancyKind::kFull, 3);
  JobSpec reading = testing::echo_spec();
  reading.reads = {"mana_balance:" + person(1).text()};
  JobSpec asking = testing::echo_spec();
  asking.grants = {"vote:pr_1"};
  const JobId id("bafytest");
  const Did submitter = person(1);
  for (const JobSpec* spec : {&redundant, &reading, &asking}) {
    KeptStates states;
    states.states = {bytes_of("earlier")};
    JobServices run(id, *spec, submitter, nullptr, 0, nullptr, {}, &states);
    EXPECT_TRUE(run.load_checkpoint().error().is(errors::kNotFound));
    ASSERT_TRUE(run.save_checkpoint(bytes_of("now")).ok());
    EXPECT_EQ(run.load_checkpoint().value(), bytes_of("now"));
    EXPECT_EQ(states.states.size(), 1u);
  }
}

// The state of the spec is content: every run begins from it, and so does who checks its receipt.
TEST(JobServices, ARunBeginsFromTheStateOfItsSpecUntilItSavesOne) {
  JobSpec spec = testing::redundant_spec(RedundancyKind::kFull, 3);
  spec.resume_from = codec::Cid::of(codec::kRaw, bytes_of("given"));
  const JobId id("bafytest");
  const Did submitter = person(1);
  JobServices run(id, spec, submitter, nullptr, 0, nullptr);
  run.resume_from(bytes_of("given"));
  EXPECT_FALSE(run.has_gone_on());
  EXPECT_EQ(run.load_checkpoint().value(), bytes_of("given"));
  EXPECT_TRUE(run.has_gone_on());
  EXPECT_FALSE(went_on(run.reads()));  // its fuel is compared
  ASSERT_TRUE(run.save_checkpoint(bytes_of("own")).ok());
  EXPECT_EQ(run.load_checkpoint().value(), bytes_of("own"));

  ReplayServices again(id, spec, run.reads(), [&](const codec::Cid& cid) -> Result<Bytes> {
    if (cid != *spec.resume_from) return Error(errors::kNotFound);
    return bytes_of("given");
  });
  EXPECT_EQ(again.load_checkpoint().value(), bytes_of("given"));
  ASSERT_TRUE(again.save_checkpoint(bytes_of("own")).ok());
  EXPECT_EQ(again.load_checkpoint().value(), bytes_of("own"));
}

// Its own newer state comes before that of the spec, in a run that is begun again.
TEST(JobServices, AnOwnStateComesBeforeThatOfTheSpec) {
  JobSpec spec = testing::echo_spec();
  spec.resume_from = codec::Cid::of(codec::kRaw, bytes_of("given"));
  const JobId id("bafytest");
  const Did submitter = person(1);
  KeptStates states;
  states.states = {bytes_of("later")};
  JobServices run(id, spec, submitter, nullptr, 0, nullptr, {}, &states);
  run.resume_from(bytes_of("given"));
  EXPECT_EQ(run.load_checkpoint().value(), bytes_of("later"));
  EXPECT_TRUE(went_on(run.reads()));
  ReplayServices again(id, spec, run.reads(),
                       [&](const codec::Cid&) -> Result<Bytes> { return bytes_of("given"); });
  EXPECT_EQ(again.load_checkpoint().value(), bytes_of("given"));
}

TEST(JobServices, SavedStatesAreBounded) {
  const JobSpec spec = testing::echo_spec();
  const JobId id("bafytest");
  const Did submitter = person(1);
  JobServices run(id, spec, submitter, nullptr, 0, nullptr);
  EXPECT_TRUE(run.save_checkpoint(Bytes(kCheckpointBytesMax + 1)).error().is(errors::kTooLarge));
  for (std::uint32_t i = 0; i < kCheckpointsMax; ++i) ASSERT_TRUE(run.save_checkpoint({}).ok());
  EXPECT_TRUE(run.save_checkpoint({}).error().is(errors::kRuleBroken));
}

}  // namespace
}  // namespace icn::mesh
