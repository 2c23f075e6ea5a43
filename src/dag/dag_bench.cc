#include <benchmark/benchmark.h>

#include <atomic>

#include "base/random.h"
#include "dag/block_store.h"
#include "dag/merkle_tree.h"
#include "storage/memory/memory_engine.h"
#include "storage/rocksdb/rocksdb_engine.h"
#include "storage/storage_testing.h"

namespace icn::dag {
namespace {

struct Fixture {
  Fixture() : store(engine.open(tables()).value()), blocks(BlockStore::open(*store).value()) {}
  storage::MemoryEngine engine;
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<BlockStore> blocks;
};

Bytes block_number(std::uint64_t number) {
  Bytes bytes(1'024);
  SeededRandom(number).fill(bytes);
  return bytes;
}

// 1 KiB blocks put by 64 callers at a time, as 64 connections would.
void put_in_rounds(benchmark::State& state, BlockStore& blocks_store) {
  InlineExecutor executor;
  PutOptions options;
  options.author = Did("did:key:bench");
  std::uint64_t number = 0;
  for (auto _ : state) {
    std::atomic<int> waiting = 64;
    for (int i = 0; i < 64; ++i) {
      std::vector<NewBlock> blocks;
      blocks.push_back(make_block(codec::kRaw, block_number(number++)).value());
      blocks_store.put_later(executor, std::move(blocks), options, {}, [&](const Result<void>&) {
        if (--waiting == 0) waiting.notify_one();
      });
    }
    for (int now = waiting; now > 0; now = waiting) waiting.wait(now);
  }
  state.SetItemsProcessed(state.iterations() * 64);
}

void BM_PutInMemory(benchmark::State& state) {
  Fixture fixture;
  put_in_rounds(state, *fixture.blocks);
}
BENCHMARK(BM_PutInMemory)->UseRealTime();

// Durable: each round is at least one sync.
void BM_PutDurable(benchmark::State& state) {
  const storage::testing::TestFolder folder;
  storage::RocksdbEngine engine(folder.path(), {}, make_silent_log());
  const auto store = engine.open(tables()).value();
  const auto blocks = BlockStore::open(*store).value();
  put_in_rounds(state, *blocks);
}
BENCHMARK(BM_PutDurable)->UseRealTime();

void BM_GetCached(benchmark::State& state) {
  Fixture fixture;
  const Cid cid = fixture.blocks->put(codec::kRaw, block_number(1), {}).value();
  for (auto _ : state) benchmark::DoNotOptimize(fixture.blocks->get(cid));
}
BENCHMARK(BM_GetCached);

void BM_GetFromStore(benchmark::State& state) {
  Fixture fixture;
  const auto blocks = BlockStore::open(*fixture.store, {.writer = {}, .cache_bytes_max = 0}).value();
  const Cid cid = blocks->put(codec::kRaw, block_number(1), {}).value();
  for (auto _ : state) benchmark::DoNotOptimize(blocks->get(cid));
}
BENCHMARK(BM_GetFromStore);

void BM_TreeUpdate(benchmark::State& state) {
  Fixture fixture;
  std::uint64_t number = 0;
  for (auto _ : state) {
    std::vector<TreeChange> changes;
    for (int i = 0; i < 1'000; ++i) changes.push_back({tree_key(as_bytes(std::to_string(number++))), true});
    ledger::View view(*fixture.store);
    benchmark::DoNotOptimize(update_tree(view, std::move(changes)));
    benchmark::DoNotOptimize(fixture.store->write(view.take_rows(), storage::Durability::kBuffered));
  }
  state.SetItemsProcessed(state.iterations() * 1'000);
}
BENCHMARK(BM_TreeUpdate);

}  // namespace
}  // namespace icn::dag
