#pragma once

#include <memory>
#include <string>

#include "dag/dag.h"
#include "dag/dag_testing.h"
#include "dag/tx/charge.h"
#include "economics/economics_testing.h"
#include "http/idempotency.h"
#include "ledger/ledger.h"

// For tests of the endpoints: a whole Dag over a ledger in memory.
namespace icn::dag::testing {

// Commits each transaction at once, as a block of its own.
class DirectLog final : public ledger::OrderedLog {
 public:
  DirectLog(ledger::Ledger& ledger, const Clock& clock)
      : ledger_(ledger), clock_(clock), executor_(ledger.rules()) {}

  void submit(std::vector<ledger::Submission> group) override {
    const std::lock_guard lock(mutex_);
    for (const ledger::Submission& each : group) {
      ++submitted;
      const std::vector<std::shared_ptr<const ledger::CheckedTransaction>> one{each.transaction};
      auto store = ledger_.store().value();
      auto block = executor_.execute(ledger_.published()->head, *store, clock_.now_secs(), one);
      ICN_ASSERT(block.ok() && ledger_.commit(*block).ok());
      if (loses_answers) {
        each.done(Error(errors::kUnavailable));
      } else {
        each.done(ledger::Commitment{block->outcomes[0], block->head.header.height});
      }
    }
  }
  ledger::LogStatus status() const override { return {}; }
  std::optional<std::uint64_t> stale_secs() const override { return std::nullopt; }
  void stop() override {}

  bool loses_answers = false;
  std::uint64_t submitted = 0;

 private:
  ledger::Ledger& ledger_;
  const Clock& clock_;
  ledger::BlockExecutor executor_;
  std::mutex mutex_;
};

// Keeps the keys of the first persons for who may act as them; of nobody, unless a test says so.
class PersonCustody final : public ledger::Custody {
 public:
  Result<Key> key_for(const http::Caller& caller, const Did& did) const override {
    for (std::uint64_t number = 0; number < kept_count; ++number) {
      if (economics::testing::person(number) != did || !caller.acts_as(did)) continue;
      crypto::SecretKey key = economics::testing::key_of_person(number);
      KeyId id = crypto::did_key_method(key.public_key());
      return Key{std::move(id), std::move(key)};
    }
    return Error(errors::kForbidden);
  }

  std::uint64_t kept_count = 0;
};

inline ledger::Rules dag_rules() {
  ledger::Rules rules = economics::testing::rules();
  std::vector<ledger::TransactionType> types = rules.types.rows();
  types.push_back(ledger::make_transaction_type<Charge>(80, "dag.charge", false, ""));
  rules.types = ledger::TransactionTypes(std::move(types));
  return rules;
}

struct Services {
  Api* dag = nullptr;
};
template <typename Context>
Context& service(Services& services) {
  return *services.dag;
}

// Person 0 is the operator and the node; it has its start grant. The others have no mana until granted some.
class TestDag {
 public:
  // `own`: an engine for the blocks; else one in memory that fails as `script` says. Rules and tables: of a
  // ledger with other domains, too.
  explicit TestDag(std::unique_ptr<storage::Engine> own = nullptr, ledger::Rules its_rules = dag_rules(),
                   const std::vector<storage::TableSchema>& its_tables = economics::testing::all_tables())
      : rules(std::move(its_rules)) {
    if (own) engine = std::move(own);
    ledger = ledger::Ledger::open(std::make_unique<storage::MemoryEngine>(), its_tables, rules,
                                  {"test-net", "development", person(0), clock.now_secs()})
                 .value();
    log = std::make_unique<DirectLog>(*ledger, clock);
    gateway = std::make_unique<ledger::Gateway>(*ledger, *log, clock, 1);
    writer = std::make_unique<ledger::Writer>(*ledger, *gateway, custody, idempotency, clock, random);
    open();
  }

  static ledger::Custody::Key node_key() {
    crypto::SecretKey key = economics::testing::key_of_person(0);
    KeyId id = crypto::did_key_method(key.public_key());
    return {std::move(id), std::move(key)};
  }
  static Did person(std::uint64_t number) { return economics::testing::person(number); }

  void open() {
    dag.reset();
    store.reset();
    store = engine->open(tables()).value();
    DagOptions options;
    options.prune.blocks_min = 0;
    options.file_bytes_max = file_bytes_max;
    options.charge_every = std::chrono::hours(1);
    options.tidy_every = std::chrono::milliseconds(20);
    dag = Dag::open({*store,
                     *ledger,
                     *gateway,
                     *writer,
                     cursors,
                     clock,
                     random,
                     make_silent_log(),
                     metrics,
                     {person(0), node_key()}},
                    options)
              .value();
    services.dag = &dag->api();
  }

  // The mana of everybody else comes from the operator.
  void grant(std::uint64_t number) {
    const ledger::Custody::Key key = node_key();
    auto transaction =
        writer->make(person(0), key, "economics.grant", codec::Json::object({{"to", person(number).text()}}));
    ICN_ASSERT(transaction.ok());
    gateway->submit_own(
        inline_executor, *transaction, key.secret.public_key(),
        [](const Result<ledger::Commitment>& done) { ICN_ASSERT(done.ok() && done->outcome.ok); });
  }
  Millimana balance(std::uint64_t number) {
    auto state = ledger->store().value();
    return economics::kAccounts.get(*state, person(number)).value().value_or(economics::Account()).balance;
  }

  static http::Caller as(std::uint64_t number) {
    http::Caller caller;
    caller.role = number == 0 ? http::Role::kOperator : http::Role::kMember;
    caller.credential = http::Credential::kApiKey;
    caller.id = std::to_string(number);
    caller.dids = std::make_shared<const std::vector<Did>>(std::vector<Did>{person(number)});
    return caller;
  }

  static constexpr std::uint64_t file_bytes_max = std::uint64_t{2} << 30;
  ManualClock clock{1'700'000'000'000};
  SeededRandom random{5};
  WaitingExecutor executor;
  InlineExecutor inline_executor;
  ledger::Rules rules;
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<DirectLog> log;
  std::unique_ptr<ledger::Gateway> gateway;
  PersonCustody custody;
  storage::MemoryEngine node_engine;
  std::unique_ptr<storage::Store> node_store = node_engine.open({http::IdempotencyStore::table()}).value();
  http::IdempotencyStore idempotency{*node_store, clock};
  std::unique_ptr<ledger::Writer> writer;
  http::Cursors cursors{as_bytes("0123456789abcdef0123456789abcdef")};
  telemetry::Metrics metrics{clock};
  std::shared_ptr<storage::FaultScript> script = std::make_shared<storage::FaultScript>();
  std::unique_ptr<storage::Engine> engine =
      std::make_unique<storage::FaultEngine>(std::make_unique<storage::MemoryEngine>(), script);
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<Dag> dag;
  Services services;
};

}  // namespace icn::dag::testing
