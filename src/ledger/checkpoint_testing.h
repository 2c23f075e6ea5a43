#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/random.h"
#include "ledger/ledger.h"
#include "ledger/snapshot_files.h"
#include "ledger/toy_domain.h"
#include "storage/memory/memory_engine.h"
#include "storage/shared_engine_testing.h"

namespace icn::ledger::toy {

// A toy network without a log: a test makes its blocks one by one.
struct Chain {
  explicit Chain(std::string snapshots, std::uint64_t kept_blocks = 0)
      : folder(std::move(snapshots)), blocks_kept(kept_blocks) {
    open();
  }

  void open() {
    auto opened = Ledger::open(std::make_unique<storage::testing::SharedEngine>(memory), tables(), rules,
                               genesis(), {folder, 2, blocks_kept, nullptr, true});
    ASSERT_TRUE(opened.ok()) << opened.error().detail();
    ledger = std::move(opened).value();
  }
  void crash_and_open() {
    ledger.reset();
    open();
  }

  std::shared_ptr<const CheckedTransaction> raise(const std::string& name, std::int64_t by) {
    const Transaction transaction = signed_raise(key, random, time + 300, name, by);
    auto checked = CheckedTransaction::from_json(rules.types, codec::to_json(transaction)).value();
    checked->set_verified_key(key.public_key());
    return checked;
  }

  // A block at `time` + `later_secs`; its header.
  BlockHeader block(std::vector<std::shared_ptr<const CheckedTransaction>> transactions,
                    std::uint64_t later_secs = 1) {
    time += later_secs;
    const BlockExecutor executor(rules, ledger->checkpoint_roots());
    const auto store = ledger->store().value();
    auto executed = executor.execute(ledger->published()->head, *store, time, transactions);
    EXPECT_TRUE(executed.ok()) << executed.error().detail();
    const auto written = ledger->commit(*executed);
    EXPECT_TRUE(written.ok());
    return executed->head.header;
  }
  BlockHeader raise_block(const std::string& name, std::int64_t by, std::uint64_t later_secs = 1) {
    return block({raise(name, by)}, later_secs);
  }

  // Blocks until the next header with a root; its header. The checkpoint is the first of them.
  BlockHeader checkpoint() {
    BlockHeader header = block({}, 3'700);
    for (int i = 0; i < 20; ++i) header = block({});
    EXPECT_TRUE(header.checkpoint_root.has_value());
    ledger->checkpoints().wait_until_idle();
    return header;
  }

  Rules rules = toy::rules();
  std::string folder;
  std::uint64_t blocks_kept = 0;
  SeededRandom random{7};
  crypto::SecretKey key = crypto::SecretKey::from_seed(Bytes(32, 1));
  TimestampSecs time = kStart;
  std::shared_ptr<storage::MemoryEngine> memory = std::make_shared<storage::MemoryEngine>();
  std::unique_ptr<Ledger> ledger;
};

// A folder of a test, removed at its end.
struct TestFolder {
  explicit TestFolder(const std::string& name)
      : path((std::filesystem::temp_directory_path() / (name + "-" + std::to_string(::getpid()))).string()) {
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
  }
  ~TestFolder() { std::filesystem::remove_all(path); }
  std::string path;
};

}  // namespace icn::ledger::toy
