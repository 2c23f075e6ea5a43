#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "governance/action_testing.h"
#include "governance/lifecycle.h"
#include "governance/members.h"
#include "governance/rules_testing.h"
#include "governance/tables.h"
#include "ledger/block_executor.h"
#include "ledger/state.h"
#include "storage/memory/memory_engine.h"

// A cooperative's ledger in memory: one transaction a block, sent by who is named; "operator" runs the node.
namespace icn::governance::testing {

class TestLedger {
 public:
  explicit TestLedger(const std::string& profile = "production")
      : rules_(rules()), executor_(rules_), store_(engine_.open(all_tables()).value()) {
    auto block =
        executor_.genesis({std::string(kNetwork), profile, did_named("operator"), kStart, {}, {}}, *store_);
    ICN_ASSERT(block.ok());
    take(*block);
    // Founders have all they were granted: founding_test.cc is of what they lock.
    set_parameter("economics.founding_stake", 0);
  }

  TimestampSecs now() const { return now_; }
  storage::Store& store() { return *store_; }
  std::uint64_t blocks() const { return head_.header.height; }

  // Lets time pass with a block every minute, as heartbeats make them: no standstill.
  void pass(std::uint64_t secs) {
    const TimestampSecs end = now_ + secs;
    while (now_ < end) {
      now_ = std::min(now_ + 60, end);
      block({});
    }
  }
  // The clock alone goes on.
  void wait(std::uint64_t secs) { now_ += secs; }
  // Without the vote it takes.
  void admit_now(const std::string& name) {
    change([&](ledger::View& view) {
      return admit(moment(), view, {kLocalScope, did_named(name), did_named("operator"), {}, "", false},
                   events);
    });
  }
  void suspend_now(const std::string& name) {
    change([&](ledger::View& view) { return suspend(moment(), view, kLocalScope, did_named(name), events); });
  }
  // Nothing happens for so long: a standstill when it is more than two minutes.
  void stand_still(std::uint64_t secs) {
    now_ += secs;
    block({});
  }

  // The outcome: "ok", or the code of the refusal; `output` gets what it answered, `detail` why not.
  std::string submit(const std::string& sender, std::string_view type, codec::Json body) {
    return submit_as(
        {did_named(sender), crypto::did_key_method(key_named(sender).public_key()), key_named(sender)}, type,
        std::move(body));
  }
  std::string submit_as(const Signer& signer, std::string_view type, codec::Json body) {
    ledger::Transaction transaction;
    transaction.network = kNetwork;
    transaction.sender = signer.did;
    transaction.key = signer.key_id;
    transaction.nonce.bytes = random_.bytes(16);
    transaction.type = type;
    transaction.body = std::move(body);
    transaction.expires = now_ + 60;
    transaction.signature.bytes = Bytes(64);
    auto checked = ledger::CheckedTransaction::from_json(rules_.types, codec::to_json(transaction));
    if (!checked.ok()) {
      detail = checked.error().detail();
      return std::string(checked.error().code());
    }
    (*checked)->set_verified_key(signer.key.public_key());
    const ledger::Outcome outcome = block(std::move(checked).value());
    output = outcome.ok ? codec::parse_json(outcome.output).value() : codec::Json();
    detail = outcome.detail;
    return outcome.ok ? "ok" : outcome.code;
  }

  // Names the first members of scope local.
  std::string found(const std::vector<std::string>& names) {
    codec::Json::Array members;
    for (const std::string& name : names)
      members.push_back(codec::Json::object({{"did", did_named(name).text()}}));
    return submit("operator", "governance.enroll", codec::Json::object({{"members", members}}));
  }

  // Proposes; `more` are further members of the body. `last` gets its id.
  std::string propose(const std::string& sender, codec::Json::Array actions, codec::Json::Object more = {}) {
    codec::Json body = codec::Json::object({{"content", some_text().to_string()}, {"actions", actions}});
    for (auto& [name, value] : more) body.set(name, value);
    const std::string outcome = submit(sender, "governance.propose", std::move(body));
    if (outcome == "ok") last = *output.find("proposal_id")->string();
    return outcome;
  }
  std::string act(const std::string& sender, const std::string& type, const std::string& id) {
    return submit(sender, "governance." + type, codec::Json::object({{"proposal_id", id}}));
  }
  std::string step(const std::string& sender, const std::string& step_name, const std::string& id) {
    return submit(sender, "governance.advance",
                  codec::Json::object({{"proposal_id", id}, {"step", step_name}}));
  }

  // A ballot of a yes/no vote on the newest proposal.
  std::string vote(const std::string& voter, const std::string& choice) {
    return ballot(voter, {{"choice", choice}});
  }
  // A ballot with these members on the newest proposal.
  std::string ballot(const std::string& voter, const codec::Json::Object& content,
                     std::string_view type = "governance.vote") {
    codec::Json body =
        codec::Json::object({{"proposal_id", last}, {"revision", std::uint64_t{proposal().revision}}});
    for (const auto& [name, value] : content) body.set(name, value);
    return submit(voter, type, std::move(body));
  }

  template <typename Step>
  void change(Step&& what) {
    ledger::View view(*store_);
    ICN_ASSERT(what(view).ok());
    put(view.take_rows());
  }
  void set_parameter(std::string_view name, std::int64_t value) {
    change([&](ledger::View& view) { return ledger::set_parameter(view, name, value); });
  }
  std::int64_t parameter(std::int64_t ledger::Parameters::*member) {
    return ledger::load_parameters(*store_).value().*member;
  }

  Proposal proposal() { return load_proposal(*store_, last).value(); }
  std::string state() { return std::string(codec::enum_name(proposal().state)); }
  std::optional<Member> member(const std::string& name) {
    return load_member(*store_, kLocalScope, did_named(name)).value();
  }
  Scope scope() { return load_scope(*store_, kLocalScope).value(); }
  economics::Account account(const Did& did) {
    return economics::kAccounts.get(*store_, did).value().value_or(economics::Account{});
  }
  Millimana burned() { return economics::kSupply.get(*store_, economics::kSupplyKey).value()->burned; }

  codec::Json output;
  std::string detail;
  std::string last;  // id of the newest proposal
  std::vector<ledger::Event> events;
  std::vector<std::string> failures;

 private:
  ledger::BlockContext moment() {
    ledger::BlockContext out;
    out.network = kNetwork;
    out.height = head_.header.height;
    out.time = now_;
    out.parameters = &parameters_;
    return out;
  }
  ledger::Outcome block(std::shared_ptr<const ledger::CheckedTransaction> one) {
    auto made = executor_.execute(head_, *store_, now_, {&one, one == nullptr ? 0u : 1u}, {}, &parameters_);
    ICN_ASSERT(made.ok());
    events.insert(events.end(), made->events.begin(), made->events.end());
    failures.insert(failures.end(), made->failures.begin(), made->failures.end());
    take(*made);
    return made->outcomes.empty() ? ledger::Outcome{} : made->outcomes.front();
  }
  void take(ledger::ExecutedBlock& made) {
    head_ = made.head;
    put(made.rows);
  }
  void put(const std::vector<storage::Row>& rows) {
    ICN_ASSERT(store_->write(rows, storage::Durability::kBuffered).ok());
    const bool changes = std::ranges::any_of(
        rows, [](const storage::Row& row) { return row.table == &ledger::kParameters.schema(); });
    if (changes) parameters_ = ledger::load_parameters(*store_).value();
  }

  ledger::Rules rules_;
  ledger::BlockExecutor executor_;
  storage::MemoryEngine engine_;
  std::unique_ptr<storage::Store> store_;
  ledger::Head head_;
  ledger::Parameters parameters_;
  TimestampSecs now_ = kStart;
  SeededRandom random_{7};
};

inline constexpr std::uint64_t kDay = 86'400;

}  // namespace icn::governance::testing
