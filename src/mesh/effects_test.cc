#include "mesh/effects.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

#include "mesh/errors.h"
#include "mesh/mesh_testing.h"

namespace icn::mesh {
namespace {

using testing::kNode;
using testing::person;

JobSpec child_spec(std::int64_t max_price_millimana) {
  JobSpec spec = testing::echo_spec("child");
  spec.max_price = {max_price_millimana};
  return spec;
}

// Lists what a script says, whether it is allowed or not.
Effect raw_effect(const JobId& parent, std::size_t index, std::uint32_t depth, const std::string& word) {
  std::istringstream parts(word);
  std::string kind;
  std::getline(parts, kind, ':');
  std::vector<std::int64_t> numbers;
  for (std::string each; std::getline(parts, each, ':');) numbers.push_back(std::stol(each));
  if (kind == "spend") return {"spend", "", codec::to_json(Spending{{numbers.at(0)}})};
  if (kind == "pay") {
    const Did to = person(static_cast<std::uint64_t>(numbers.at(0)));
    return {"pay", "", codec::to_json(Payment{to, {numbers.at(1)}})};
  }
  if (kind == "vote") return {"vote", "", codec::Json::object({})};
  JobSpec spec = child_spec(numbers.at(0));
  spec.depth = depth;
  if (kind == "late") spec.deadline = testing::kStart;
  if (kind == "granting") {
    spec.grants = {std::string(kGrantSubmitJob)};
    spec.allowance = Allowance{{}, {numbers.at(1)}};
  }
  return {"submit_job", child_job_id(parent, index, spec_block(spec).cid).text(), codec::to_json(spec)};
}

// Plays lines of "verb arguments result"; '#' begins a comment. Jobs and lists are named by a word.
class Table {
 public:
  void play(std::string_view script) {
    std::istringstream lines{std::string(script)};
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
      SCOPED_TRACE("line " + std::to_string(number) + ": " + line);
      std::istringstream words(line.substr(0, line.find('#')));
      std::string verb;
      if (words >> verb) step(verb, words);
      EXPECT_TRUE(ledger_.failures().empty());
    }
  }
  const std::set<std::string>& codes() const { return codes_; }

 private:
  template <typename T>
  static T read(std::istringstream& words) {
    T value{};
    EXPECT_TRUE(words >> value);
    return value;
  }

  void step(const std::string& verb, std::istringstream& words) {
    if (verb == "wait") {
      wait(read<std::uint64_t>(words));
    } else if (verb == "set") {
      const auto name = read<std::string>(words);
      ledger_.set_parameter(name, read<std::int64_t>(words));
    } else if (verb == "grant") {
      EXPECT_TRUE(ledger_.grant(read<std::uint64_t>(words)).ok);
    } else if (verb == "submit") {
      submit(words);
    } else if (verb == "list") {
      list(words);
    } else if (verb == "settle" || verb == "claim") {
      settle(words, "mesh." + verb);
    } else if (verb == "assign") {
      assign(words);
    } else if (verb == "object") {
      object(words);
    } else if (verb == "judge") {
      judge(words);
    } else if (verb == "confirm" || verb == "decline") {
      confirm(words, verb == "decline");
    } else if (verb == "effects") {
      check_effects(words);
    } else if (verb == "balance") {
      const auto who = read<std::uint64_t>(words);
      EXPECT_EQ(ledger_.account(who).balance.value, read<std::int64_t>(words));
    } else if (verb == "lock") {
      const auto who = read<std::uint64_t>(words);
      EXPECT_EQ(ledger_.account(who).locked.value, read<std::int64_t>(words));
    } else {
      FAIL() << verb;
    }
  }

  // In steps that are no standstill.
  void wait(std::uint64_t secs) {
    for (; secs > 100; secs -= 100) {
      ledger_.advance(100);
      ledger_.idle();
    }
    ledger_.advance(secs);
    ledger_.idle();
  }

  // submit NAME WHO MAX_PRICE MANA_MAX|- GRANT,GRANT|- RECIPIENT|- RESULT
  void submit(std::istringstream& words) {
    const auto name = read<std::string>(words);
    const auto who = read<std::uint64_t>(words);
    JobSpec spec = testing::echo_spec();
    spec.max_price = {read<std::int64_t>(words)};
    const auto mana_max = read<std::string>(words);
    std::istringstream grants(read<std::string>(words));
    for (std::string grant; std::getline(grants, grant, ',');) {
      if (grant != "-") spec.grants.push_back(grant);
    }
    if (mana_max != "-") spec.allowance = Allowance{{}, {std::stol(mana_max)}};
    const auto recipient = read<std::string>(words);
    if (recipient != "-") spec.allowance->recipients = {person(std::stoul(recipient))};
    const Submission body = submission_of(spec, spec_block(spec).cid, person(kNode));
    expect(ledger_.run(who, "mesh.submit", codec::to_json(body)), words);
    jobs_[name] = ledger_.submit_id(body);
  }

  // list NAME JOB EFFECT ...   EFFECT: pay:WHO:AMOUNT, spend:AMOUNT, child:MAX_PRICE,
  // granting:MAX_PRICE:MANA_MAX
  void list(std::istringstream& words) {
    auto& effects = lists_[read<std::string>(words)];
    const JobId parent = job_id(read<std::string>(words));
    const auto& use = ledger_.job(parent).submission.ledger_use;
    for (std::string word; words >> word;) {
      effects.push_back(raw_effect(parent, effects.size(), use ? use->depth + 1 : 1, word));
    }
  }

  // settle SENDER JOB LIST|- RESULT, which is the outcome of the receipt
  void settle(std::istringstream& words, const std::string& type) {
    const auto sender = read<std::uint64_t>(words);
    ReceiptClaim claim;
    claim.job_id = job_id(read<std::string>(words));
    claim.receipt_cid = codec::Cid::of(codec::kRaw, as_bytes("receipt"));
    claim.result_cid = codec::Cid::of(codec::kRaw, as_bytes("result"));
    const auto list = read<std::string>(words);
    if (list != "-") claim.effects_cid = effects_cid_of(lists_.at(list));
    const ledger::Outcome done = ledger_.run(sender, type, codec::to_json(SettleJobs::Body{{claim}}));
    ASSERT_TRUE(done.ok) << done.detail;
    const auto output = codec::from_json<SettleJobs::Output>(codec::parse_json(done.output).value());
    note(output->outcomes.at(0).result, words);
  }

  // assign JOB EXECUTOR
  void assign(std::istringstream& words) {
    AssignJobs::Assigned asked;
    asked.job_id = job_id(read<std::string>(words));
    const auto executor = read<std::uint64_t>(words);
    asked.winner = person(executor);
    Bid bid;
    bid.job_id = asked.job_id;
    bid.attempt = 1;
    bid.executor = asked.winner;
    bid.key = testing::key_id(executor);
    bid.price = {5'000};
    bid.cpu_cores = 4;
    bid.memory_mb = 256;
    bid.est_secs = 10;
    bid.valid_until = ledger_.now() + 5;
    sign_bid(bid, testing::key_of_person(executor));
    asked.bids = {bid};
    const ledger::Outcome done = ledger_.run(kNode, "mesh.assign", codec::to_json(AssignJobs::Body{{asked}}));
    ASSERT_TRUE(done.ok) << done.detail;
    ASSERT_EQ(ledger_.job(asked.job_id).status, JobStatus::kAssigned);
  }

  // object WHO JOB RESULT
  void object(std::istringstream& words) {
    const auto who = read<std::uint64_t>(words);
    const ObjectToJob::Body body{job_id(read<std::string>(words)), {}};
    expect(ledger_.run(who, "mesh.object", codec::to_json(body)), words);
  }

  // judge WHO JOB agrees|differs
  void judge(std::istringstream& words) {
    const auto who = read<std::uint64_t>(words);
    const JobId id = job_id(read<std::string>(words));
    const bool agrees = read<std::string>(words) == "agrees";
    EXPECT_TRUE(ledger_.run(who, "mesh.judge", codec::to_json(JudgeJobs::Body{{{id, agrees}}})).ok);
  }

  // confirm WHO JOB LIST RESULT; decline likewise
  void confirm(std::istringstream& words, bool is_declined) {
    const auto who = read<std::uint64_t>(words);
    ConfirmEffects::Body body;
    body.job_id = job_id(read<std::string>(words));
    const auto& effects = lists_[read<std::string>(words)];
    body.effects_cid = effects_cid_of(effects);
    body.decline = is_declined;
    if (!is_declined) body.effects = effects;
    const auto before = ledger_.account(who).balance;
    const ledger::Outcome done = ledger_.run(who, "mesh.confirm", codec::to_json(body));
    expect(done, words);
    if (!done.ok) {
      EXPECT_EQ(ledger_.account(who).balance, before);
      return;
    }
    const auto output =
        codec::from_json<ConfirmEffects::Output>(codec::parse_json(done.output).value()).value();
    for (std::size_t i = 0; i < output.children.size(); ++i) {
      jobs_["child" + std::to_string(i)] = output.children[i];
    }
  }

  // effects JOB STATE HELD
  void check_effects(std::istringstream& words) {
    const Job job = ledger_.job(job_id(read<std::string>(words)));
    const auto state = read<std::string>(words);
    ASSERT_TRUE(job.effects.has_value());
    EXPECT_EQ(codec::enum_name(job.effects->state), state);
    EXPECT_EQ(job.effects->held.value, read<std::int64_t>(words));
  }

  void expect(const ledger::Outcome& outcome, std::istringstream& words) {
    note(outcome.ok ? "ok" : outcome.code, words, outcome.detail);
  }
  void note(const std::string& code, std::istringstream& words, const std::string& detail = {}) {
    codes_.insert(code);
    EXPECT_EQ(code, read<std::string>(words)) << detail;
  }
  JobId job_id(const std::string& name) const {
    const auto found = jobs_.find(name);
    return found == jobs_.end() ? JobId("bafkunknown") : found->second;
  }

  testing::TestLedger ledger_;
  std::map<std::string, JobId> jobs_;
  std::map<std::string, std::vector<Effect>> lists_;
  std::set<std::string> codes_;
};

// Development: a start grant is 1,750 mana, pay is not held; the cap of a member is 7,000, a quarter of it
// may be sent a day. Person 9 is the node, 5 has no account.
constexpr std::string_view kScript = R"(
grant 1
grant 2
grant 9
submit a 1 5000 60000 pay,spend 2 ok           # pays another and burns, all at once
list all a pay:2:30000 spend:1000
settle 9 a all settled
effects a open 0
balance 1 1745000
balance 2 1750000
lock 1 0                                       # nothing is kept for payments
confirm 2 a all not_submitter
confirm 1 x all job_not_found
list other a spend:1000
confirm 1 a other effects_differ
confirm 1 a all ok
effects a applied 0
balance 1 1714000
balance 2 1780000
confirm 1 a all effects_ended                  # once

submit b 1 5000 60000 pay,spend 2 ok           # declined: nothing happens
list bl b pay:2:1
settle 9 b bl settled
decline 1 b bl ok
effects b declined 0
confirm 1 b bl effects_ended
balance 2 1780000

submit c 1 5000 60000 pay,spend 2 ok           # a day passes: they lapse
list cl c spend:1
settle 9 c cl settled
wait 100
effects c open 0
wait 86299
effects c open 0
wait 1
effects c lapsed 0
confirm 1 c cl effects_ended

submit d 1 5000 - - - ok                       # grants nothing: a receipt with effects does not hold
list dl d spend:1
settle 9 d dl J005
settle 9 d - settled
confirm 1 d dl no_effects

submit e 1 5000 - spend - J001                 # grants and allowance stand together
submit e 1 5000 10 - - J001
submit e 1 5000 10 pay - J001
submit e 1 5000 10 spend 2 J001
submit e 1 5000 10 vote - J001
submit e 1 5000 10 spend,spend - J001
submit e 1 5000 0 spend - malformed
)";

// All or none: the first effect of each list would be possible.
constexpr std::string_view kRefused = R"(
grant 1
grant 2
grant 9
submit a 1 5000 20000 pay,spend 2 ok
list l1 a spend:1000 pay:3:1                   # another recipient
settle 9 a l1 settled
confirm 1 a l1 effect_not_allowed
effects a open 0
submit b 1 5000 20000 pay 2 ok
list l2 b pay:2:1 spend:1                      # not granted
settle 9 b l2 settled
confirm 1 b l2 effect_not_allowed
submit c 1 5000 20000 pay 2 ok
list l3 c pay:2:1 pay:2:20000                  # beyond the ceiling
settle 9 c l3 settled
confirm 1 c l3 J002
submit d 1 5000 20000 pay 2 ok
list l4 d pay:2:1 vote:0                       # unknown
settle 9 d l4 settled
confirm 1 d l4 effect_not_allowed
submit e 1 5000 5000000 pay 2 ok
list l5 e pay:2:1000 pay:2:1800000             # more than there is
settle 9 e l5 settled
confirm 1 e l5 exceeds_balance
submit f 1 5000 5000000 pay 5 ok
list l6 f pay:5:1 pay:5:400000                 # the rules of transfers: who has no account has little room
set economics.transfer_daily_ppm 1000
settle 9 f l6 settled
confirm 1 f l6 exceeds_daily_limit
set economics.transfer_policy 0
confirm 1 f l6 transfers_off
submit g 1 5000 5000 pay 1 ok
list l7 g pay:1:1
settle 9 g l7 settled
confirm 1 g l7 transfer_to_self
)";

constexpr std::string_view kChildren = R"(
grant 1
grant 9
submit a 1 60000 50000 submit_job - ok
list l1 a child:8000 child:9000
settle 9 a l1 settled
effects a open 50000                           # of what came back, kept for the children
lock 1 50000
confirm 1 a l1 ok
lock 1 17000
effects a applied 0
settle 9 child0 - settled
lock 1 9000

submit b 1 10000 50000 submit_job - ok         # the escrow left is smaller than the parent's price
list l2 b child:9000
settle 9 b l2 settled
confirm 1 b l2 J002
submit c 1 60000 50000 submit_job - ok
list l3 c child:8000 late:8000                 # one that cannot be: none
settle 9 c l3 settled
confirm 1 c l3 J010
effects c open 50000
decline 1 c l3 ok
submit d 1 60000 50000 submit_job - ok
list l4 d granting:8000:50001                  # a child that may do more than its parent
settle 9 d l4 settled
confirm 1 d l4 effect_not_allowed
decline 1 d l4 ok
submit e 1 60000 50000 submit_job - ok         # a job without a price
list l5 e child:0
settle 9 e l5 settled
confirm 1 e l5 J001
decline 1 e l5 ok
submit h 1 60000 50000 submit_job - ok         # children that may spend more together than was signed for
list l7 h granting:8000:20000 granting:8000:20000
settle 9 h l7 settled
confirm 1 h l7 J002
set mesh.open_jobs_max 1
submit f 1 60000 50000 submit_job - open_jobs_max
set mesh.open_jobs_max 2
submit f 1 60000 50000 submit_job - ok
list l6 f child:8000 child:8000
settle 9 f l6 settled
confirm 1 f l6 open_jobs_max
set mesh.open_jobs_max 100
confirm 1 f l6 ok
)";

// Four deep and no deeper.
constexpr std::string_view kDepth = R"(
grant 1
grant 9
submit a 1 600000 500000 submit_job - ok
list l1 a granting:100000:400000
settle 9 a l1 settled
confirm 1 a l1 ok
list l2 child0 granting:50000:300000
settle 9 child0 l2 settled
confirm 1 child0 l2 ok
list l3 child0 granting:30000:200000
settle 9 child0 l3 settled
confirm 1 child0 l3 ok
list l4 child0 granting:15000:100000
settle 9 child0 l4 settled
confirm 1 child0 l4 ok
list l5 child0 child:1000
settle 9 child0 l5 settled
confirm 1 child0 l5 effect_not_allowed
)";

// Claims and disputes.
constexpr std::string_view kDisputed = R"(
grant 1
grant 2
grant 3
grant 9
submit a 1 20000 20000 submit_job,spend - ok
assign a 2
list l1 a spend:1000
confirm 1 a l1 job_not_ended
claim 2 a l1 claimed
confirm 1 a l1 job_not_ended
wait 30
effects a open 15000
confirm 1 a l1 ok

set mesh.dispute_window_secs 3600
submit b 1 20000 20000 submit_job,spend - ok
assign b 2
list l2 b spend:1000
claim 2 b l2 claimed
wait 30
effects b open 15000
object 3 b ok
confirm 1 b l2 J006
judge 2 b differs
effects b lapsed 0                             # nothing is asked by a run that does not hold
confirm 1 b l2 effects_ended
lock 1 0
)";

TEST(Effects, AreAppliedOnceByTheirSubmitterOrLapse) {
  Table table;
  table.play(kScript);
}

TEST(Effects, AreAppliedAllOrNone) {
  Table table;
  table.play(kRefused);
}

TEST(Effects, ChildJobsArePaidFromWhatTheirParentLeft) {
  Table table;
  table.play(kChildren);
}

TEST(Effects, ChildJobsAreFourDeepAtMost) {
  Table table;
  table.play(kDepth);
}

TEST(Effects, HangOnTheReceipt) {
  Table table;
  table.play(kDisputed);
}

TEST(Effects, ChildJobsCannotBeSubmittedAsSuch) {
  testing::TestLedger ledger;
  ASSERT_TRUE(ledger.grant(1).ok);
  JobSpec spec = testing::echo_spec();
  spec.depth = 1;
  const Submission body = submission_of(spec, spec_block(spec).cid, person(kNode));
  EXPECT_EQ(ledger.run(1, "mesh.submit", codec::to_json(body)).code, "J001");
}

TEST(Effects, AnEffectThatIsNotAsARunListsItIsRefused) {
  JobSpec spec = testing::echo_spec();
  spec.grants = {"submit_job", "spend"};
  spec.allowance = Allowance{{}, {40'000}};
  const JobId id("bafytest");
  EffectGatherer gatherer(id, scope_of(spec));
  Effect child = raw_effect(id, 0, 1, "child:8000");
  child.id = "bafyother";
  EXPECT_EQ(gatherer.add(child).error().code(), "malformed");
  EffectGatherer second(id, scope_of(spec));
  EXPECT_EQ(second.add(raw_effect(id, 0, 3, "child:8000")).error().code(), "malformed");  // another depth
  EffectGatherer third(id, scope_of(spec));
  EXPECT_EQ(third.add({"spend", "x", codec::to_json(Spending{{1}})}).error().code(), "malformed");
  EffectGatherer many(id, scope_of(spec));
  for (std::size_t i = 0; i < kEffectsMax; ++i) EXPECT_TRUE(many.spend({1}).ok());
  EXPECT_FALSE(many.spend({1}).ok());
}

}  // namespace
}  // namespace icn::mesh
