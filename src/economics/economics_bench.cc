#include <benchmark/benchmark.h>

#include "economics/economics_testing.h"
#include "ledger/state_cache.h"

namespace icn::economics {
namespace {

constexpr std::uint64_t kPeople = 10'000;
constexpr std::size_t kBlock = 256;

// 10,000 verified accounts, and blocks of 256 transfers between them.
class Market {
 public:
  Market() : cache_(ledger_.store(), 256u << 20) {
    for (std::uint64_t who = 0; who < kPeople; ++who) people_.push_back(testing::person(who));
    const auto done =
        ledger_.step([&](const ledger::BlockContext& block, ledger::View& view) -> Result<void> {
          for (const Did& did : people_) ICN_TRY(economy().grant_start(block, view, did, "bench"));
          return {};
        });
    ICN_ASSERT(done.ok());
    for (const Did& did : people_) {
      static_cast<void>(cache_.get(kAccounts.schema(), storage::key_of(did)));
    }
    ledger_.advance(60);
    SeededRandom random(1);
    for (std::size_t i = 0; i < 16 * kBlock; ++i) {
      const std::uint64_t from = random.below(kPeople);
      const std::uint64_t to = (from + 1 + random.below(kPeople - 1)) % kPeople;
      transactions_.push_back(ledger_.make(people_[from], "economics.transfer",
                                           R"({"to":")" + people_[to].text() + R"(","amount":0.5})"));
    }
  }

  testing::TestLedger ledger_;
  ledger::StateCache cache_;
  std::vector<Did> people_;
  std::vector<std::shared_ptr<const ledger::CheckedTransaction>> transactions_;
};

Market& market() {
  static Market shared;
  return shared;
}

// precheck, apply and invariants alone, as the executor calls them.
void ApplyTransfer(benchmark::State& state) {
  Market& place = market();
  const ledger::Rules rules = testing::rules();
  const ledger::Parameters parameters = ledger::load_parameters(place.ledger_.store()).value();
  const ledger::BlockContext block{"test-net", 1, place.ledger_.now(), 0, &parameters};
  std::size_t next = 0;
  std::uint64_t done = 0;
  while (state.KeepRunningBatch(kBlock)) {
    ledger::View view(place.cache_);
    std::vector<ledger::Event> events;
    for (std::size_t i = 0; i < kBlock; ++i) {
      const ledger::CheckedTransaction& transaction =
          *place.transactions_[next++ % place.transactions_.size()];
      const ledger::View::Savepoint savepoint = view.savepoint();
      const ledger::ApplyContext context{block, rules.economy, transaction, events};
      auto output = transaction.type().apply(context, transaction.body(), view);
      ICN_ASSERT(output.ok());
      ICN_ASSERT(conserved(view, savepoint).ok());
      done += output->size();
    }
    benchmark::DoNotOptimize(done);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ApplyTransfer)->MinTime(0.3);

// Whole blocks through the executor: with key lookup, outcomes, hashes and Merkle roots; not written.
void ExecuteBlockOfTransfers(benchmark::State& state) {
  Market& place = market();
  std::size_t block = 0;
  while (state.KeepRunningBatch(kBlock)) {
    const auto list = std::span(place.transactions_).subspan(block++ % 16 * kBlock, kBlock);
    const auto executed =
        place.ledger_.executor().execute(place.ledger_.head(), place.cache_, place.ledger_.now(), list);
    ICN_ASSERT(executed.ok() && executed->outcomes[0].ok);
    benchmark::DoNotOptimize(executed->head.hash);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(ExecuteBlockOfTransfers)->MinTime(0.3);

void ReadBalance(benchmark::State& state) {
  Market& place = market();
  std::size_t next = 0;
  for (auto _ : state) {
    auto account = kAccounts.get(place.ledger_.store(), place.people_[next++ % kPeople]).value();
    settle_time(*account, place.ledger_.now());
    benchmark::DoNotOptimize(account->balance);
  }
}
BENCHMARK(ReadBalance)->MinTime(0.3);

}  // namespace
}  // namespace icn::economics
