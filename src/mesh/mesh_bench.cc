#include <benchmark/benchmark.h>

#include "mesh/node_testing.h"

// Echo jobs from the ledger's gateway to their settlement, everything in memory: what the rules, the
// executor and the receipts cost without sockets and disks.
namespace icn::mesh {
namespace {

void BM_EchoJobSubmittedToSettled(benchmark::State& state) {
  testing::FakeEngine engine([](const wasm::RunRequest&) { return wasm::RunOutcome(); });
  testing::TestNode node(engine, {.workers = 2, .queue_max = 1'000'000});
  const JobSpec spec = testing::echo_spec("hello", 1);
  SpecBlock block = spec_block(spec);
  const Submission body = submission_of(spec, block.cid, testing::person(testing::kNode));
  node.put(testing::kNode, codec::kDagCbor, std::move(block.bytes));
  const auto count = static_cast<std::uint64_t>(state.range(0));
  const ledger::TransactionTypes types = testing::rules().types;
  InlineExecutor executor;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<std::shared_ptr<ledger::CheckedTransaction>> transactions;
    const crypto::PublicKey key = testing::key_of_person(testing::kNode).public_key();
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto made = testing::make_transaction(testing::kNode, "mesh.submit", codec::to_json(body),
                                                  node.clock.now_secs(), node.random);
      transactions.push_back(ledger::CheckedTransaction::from_json(types, codec::to_json(made)).value());
    }
    state.ResumeTiming();
    std::atomic<std::uint64_t> committed{0};
    for (const auto& transaction : transactions) {
      node.gateway->submit_own(executor, transaction, key,
                               [&](const Result<ledger::Commitment>&) { ++committed; });
    }
    const auto open = [&] {
      const auto row = kJobCounts.get(*node.ledger->store().value(), kJobCountsKey).value();
      return row ? row->submitted - row->completed : 1;
    };
    while (committed < count || open() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
}
BENCHMARK(BM_EchoJobSubmittedToSettled)->Arg(1'000)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace icn::mesh
