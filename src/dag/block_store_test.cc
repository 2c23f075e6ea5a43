#include "dag/block_store.h"

#include <gtest/gtest.h>

#include <future>
#include <map>

#include "base/random.h"
#include "codec/dag_cbor.h"
#include "dag/errors.h"
#include "storage/fault/fault_engine.h"
#include "storage/memory/memory_engine.h"

namespace icn::dag {
namespace {

using codec::kDagCbor;
using codec::kRaw;

class BlockStoreTest : public ::testing::Test {
 protected:
  BlockStoreTest() { open(); }

  void open() {
    blocks_.reset();
    store_.reset();
    store_ = engine_.open(tables()).value();
    blocks_ = BlockStore::open(*store_).value();
  }

  PutOptions by(std::string_view author, Visibility visibility = Visibility::kPrivate) const {
    PutOptions options;
    options.author = Did(std::string(author));
    options.time = 1'700'000'000;
    options.visibility = visibility;
    return options;
  }
  Cid put(std::string_view text, const PutOptions& options) {
    auto cid = blocks_->put(kRaw, to_bytes(as_bytes(text)), options);
    EXPECT_TRUE(cid.ok());
    return *cid;
  }
  std::string text_of(const Cid& cid) const {
    const auto block = blocks_->get(cid);
    return block.ok() ? (*block)->bytes : std::string(block.error().code());
  }

  std::shared_ptr<storage::FaultScript> script_ = std::make_shared<storage::FaultScript>();
  storage::FaultEngine engine_{std::make_unique<storage::MemoryEngine>(), script_};
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<BlockStore> blocks_;
};

// The CID is that of `printf hello | ipfs add --cid-version=1 --raw-leaves` (sha2-256 of "hello", raw).
TEST_F(BlockStoreTest, ABlockIsFoundByItsCid) {
  const Cid cid = put("hello", by("did:key:a"));
  EXPECT_EQ(cid.to_string(), "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq");
  EXPECT_EQ(text_of(cid), "hello");
  const auto meta = blocks_->meta(cid).value();
  ASSERT_TRUE(meta.has_value());
  EXPECT_EQ(*meta,
            (BlockMeta{Did("did:key:a"), 1'700'000'000, BlockType::kData, Visibility::kPrivate, "", 5}));
  EXPECT_EQ(blocks_->totals().blocks, 1u);
  EXPECT_EQ(blocks_->totals().bytes, 5u);
}

TEST_F(BlockStoreTest, WhatIsNotHeldIsE001) {
  EXPECT_EQ(text_of(Cid::of(kRaw, as_bytes("absent"))), "E001");
  EXPECT_FALSE(*blocks_->has(Cid::of(kRaw, as_bytes("absent"))));
  EXPECT_TRUE(blocks_->erase(Cid::of(kRaw, as_bytes("absent"))).error().is(kBlockNotFound));
}

TEST_F(BlockStoreTest, TheSameBytesAgainKeepTheMorePublicVisibility) {
  const Cid cid = put("x", by("did:key:a"));
  ASSERT_TRUE(blocks_->get(cid).ok());  // now cached
  put("x", by("did:key:b", Visibility::kPublic));
  EXPECT_EQ((*blocks_->get(cid))->meta.visibility, Visibility::kPublic);
  put("x", by("did:key:c", Visibility::kPrivate));
  EXPECT_EQ((*blocks_->get(cid))->meta.visibility, Visibility::kPublic);
  EXPECT_EQ((*blocks_->get(cid))->meta.author, Did("did:key:a"));
  EXPECT_EQ(blocks_->totals().blocks, 1u);
}

TEST_F(BlockStoreTest, TheSecondWhoPutsAPrivateBlockMayReadItToo) {
  const Cid cid = put("x", by("did:key:a"));
  EXPECT_FALSE(*blocks_->is_shared_with(cid, Did("did:key:b")));
  put("x", by("did:key:b"));
  EXPECT_TRUE(*blocks_->is_shared_with(cid, Did("did:key:b")));
  ASSERT_TRUE(blocks_->share({cid}, Did("did:key:c")).ok());
  EXPECT_TRUE(*blocks_->is_shared_with(cid, Did("did:key:c")));
}

TEST_F(BlockStoreTest, WhoMightReadARemovedBlockMayNotReadItPutAgain) {
  const Cid cid = put("private", by("did:key:a"));
  ASSERT_TRUE(blocks_->share({cid}, Did("did:key:b")).ok());
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(*blocks_->is_shared_with(cid, Did("did:key:b")));
  ASSERT_TRUE(blocks_->erase(cid).ok());
  EXPECT_FALSE(*blocks_->is_shared_with(cid, Did("did:key:b")));
  put("private", by("did:key:a"));
  EXPECT_FALSE(*blocks_->is_shared_with(cid, Did("did:key:b")));
}

TEST_F(BlockStoreTest, AlsoSaysWhichBlocksAreNew) {
  put("one", by("did:key:a"));
  std::vector<NewBlock> blocks;
  blocks.push_back(*make_block(kRaw, to_bytes(as_bytes("one"))));
  blocks.push_back(*make_block(kRaw, to_bytes(as_bytes("two"))));
  std::vector<std::size_t> seen;
  ASSERT_TRUE(blocks_
                  ->put_many(std::move(blocks), by("did:key:a"),
                             [&](Batch&, std::span<const std::size_t> fresh) {
                               seen.assign(fresh.begin(), fresh.end());
                               return Result<void>();
                             })
                  .ok());
  EXPECT_EQ(seen, std::vector<std::size_t>{1});
}

TEST_F(BlockStoreTest, ManyArePutAllOrNone) {
  std::vector<NewBlock> blocks;
  blocks.push_back(*make_block(kRaw, to_bytes(as_bytes("one"))));
  const Cid missing = Cid::of(kRaw, as_bytes("missing"));
  blocks.push_back(*make_block(kDagCbor, *codec::encode_dag_cbor(codec::Value(missing))));
  PutOptions options = by("did:key:a");
  options.are_links_checked = true;
  const auto refused = blocks_->put_many(blocks, options);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), "E003");
  EXPECT_EQ(text_of(Cid::of(kRaw, as_bytes("one"))), "E001");

  options.external = {missing};
  EXPECT_TRUE(blocks_->put_many(blocks, options).ok());
  EXPECT_EQ(text_of(Cid::of(kRaw, as_bytes("one"))), "one");
}

TEST_F(BlockStoreTest, AVersion0CidNamesTheSameBlock) {
  // The empty UnixFS directory, known to every IPFS client.
  const Cid v0 = *Cid::parse("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn");
  const Cid put = *blocks_->put(codec::kDagPb, *hex_decode("0a020801"), by("did:key:a"));
  EXPECT_EQ(put, v0.to_v1());
  EXPECT_EQ(text_of(v0), std::string("\x0a\x02\x08\x01"));
}

TEST_F(BlockStoreTest, AnIdentityCidIsAlwaysHeld) {
  const Cid cid = Cid::identity(kRaw, as_bytes("tiny"));
  EXPECT_EQ(text_of(cid), "tiny");
  EXPECT_EQ((*blocks_->get(cid))->meta.visibility, Visibility::kPublic);
}

TEST_F(BlockStoreTest, ADamagedBlockIsNeverServed) {
  const Cid cid = put("precious", by("did:key:a"));
  std::vector<storage::Row> rows;
  rows.push_back({&kBlocks, block_key(cid), to_bytes(as_bytes("preciouz")), {}, {}});
  ASSERT_TRUE(store_->write(rows, storage::Durability::kSynced).ok());
  const auto block = blocks_->get(cid);
  ASSERT_FALSE(block.ok());
  EXPECT_EQ(block.error().code(), "E002");
  EXPECT_EQ(block.error().category(), Category::kInternal);
}

TEST_F(BlockStoreTest, WhatIsTooLargeOrMalformedIsRefused) {
  EXPECT_TRUE(blocks_->put(kRaw, Bytes(kBlockBytesMax + 1), by("did:key:a")).error().is(kBlockTooLarge));
  EXPECT_TRUE(blocks_->put(kRaw, Bytes(kBlockBytesMax), by("did:key:a")).ok());
  EXPECT_TRUE(
      blocks_->put(kDagCbor, Bytes{0x18, 0x01}, by("did:key:a")).error().is(codec::errors::kBadDagCbor));
  EXPECT_TRUE(blocks_->put(0x99, Bytes{1}, by("did:key:a")).error().is(codec::errors::kUnsupportedCodec));
}

TEST_F(BlockStoreTest, AFullDiskRefusesAndWritingResumesByItself) {
  const Cid before = put("before", by("did:key:a"));
  script_->set_full(true);
  const auto refused = blocks_->put(kRaw, to_bytes(as_bytes("refused")), by("did:key:a"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), "E008");
  EXPECT_EQ(refused.error().category(), Category::kStorageFull);
  EXPECT_EQ(text_of(before), "before");
  EXPECT_EQ(text_of(Cid::of(kRaw, as_bytes("refused"))), "E001");
  EXPECT_EQ(blocks_->totals().blocks, 1u);
  script_->set_full(false);
  put("after", by("did:key:a"));
  EXPECT_EQ(blocks_->totals().blocks, 2u);
}

TEST_F(BlockStoreTest, AFailedSyncIsNotTriedAgain) {
  script_->fail_syncs(1, storage::FaultScript::Unsynced::kLost);
  const auto unknown = blocks_->put(kRaw, to_bytes(as_bytes("lost")), by("did:key:a"));
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().code(), "outcome_unknown");
  EXPECT_FALSE(blocks_->is_writing());
  EXPECT_FALSE(blocks_->put(kRaw, to_bytes(as_bytes("later")), by("did:key:a")).ok());
  open();
  EXPECT_EQ(blocks_->totals().blocks, 0u);
  EXPECT_EQ(text_of(put("again", by("did:key:a"))), "again");
}

// Answered is durable: after a power loss each answered block is there, whole, and the totals fit.
TEST_F(BlockStoreTest, AnsweredBlocksSurviveAPowerLoss) {
  for (int round = 0; round < 20; ++round) {
    std::vector<std::future<Result<Cid>>> writers;
    for (int i = 0; i < 8; ++i) {
      writers.push_back(std::async(std::launch::async, [this, round, i] {
        return blocks_->put(kRaw, to_bytes(as_bytes(std::to_string(round * 100 + i))), by("did:key:a"));
      }));
    }
    if (round % 2 == 1) script_->lose_power();
    std::vector<std::pair<Cid, std::string>> answered;
    for (int i = 0; i < 8; ++i) {
      auto cid = writers[static_cast<std::size_t>(i)].get();
      if (cid.ok()) answered.emplace_back(*cid, std::to_string(round * 100 + i));
    }
    if (round % 2 == 0) script_->lose_power();
    open();
    for (const auto& [cid, text] : answered) EXPECT_EQ(text_of(cid), text);
    auto cursor = store_->scan(kBlocks, {}).value();
    std::uint64_t found = 0;
    while (*cursor->next()) ++found;
    EXPECT_EQ(blocks_->totals().blocks, found);
  }
}

// A queue of one change that waits behind a slow one.
TEST_F(BlockStoreTest, AFullQueueRefuses) {
  blocks_ = BlockStore::open(*store_, {{.queue_max = 1}, 0}).value();
  std::promise<void> started, go_on;
  InlineExecutor executor;
  std::promise<void> first_done;
  blocks_->writer().submit(
      executor, 1,
      [&](Batch&) {
        started.set_value();
        go_on.get_future().wait();
        return Result<void>();
      },
      [&](const Result<void>&) { first_done.set_value(); });
  started.get_future().wait();
  auto waiting =
      std::async(std::launch::async, [&] { return blocks_->put(kRaw, Bytes{1}, by("did:key:a")); });
  while (blocks_->writer().waiting() == 0) std::this_thread::yield();
  EXPECT_EQ(blocks_->put(kRaw, Bytes{2}, by("did:key:a")).error().code(), "dag_queue_full");
  go_on.set_value();
  first_done.get_future().wait();
  EXPECT_TRUE(waiting.get().ok());
}

// Against a map, with blocks put, put again and erased in random order.
TEST_F(BlockStoreTest, BehavesLikeAMap) {
  SeededRandom random(7);
  std::map<std::string, Visibility> model;
  for (int step = 0; step < 3'000; ++step) {
    const std::string text = "block " + std::to_string(random.below(60));
    const Cid cid = Cid::of(kRaw, as_bytes(text));
    if (random.below(3) == 0) {
      EXPECT_EQ(blocks_->erase(cid).ok(), model.erase(text) == 1);
    } else {
      const auto visibility = random.below(2) == 0 ? Visibility::kPrivate : Visibility::kPublic;
      put(text, by("did:key:a", visibility));
      const auto [entry, is_new] = model.emplace(text, visibility);
      if (!is_new && visibility == Visibility::kPublic) entry->second = visibility;
    }
    if (step % 500 == 250) open();
    const auto found = blocks_->get(cid);
    ASSERT_EQ(found.ok(), model.contains(text));
    if (found.ok()) {
      EXPECT_EQ((*found)->meta.visibility, model.at(text));
    }
    ASSERT_EQ(blocks_->totals().blocks, model.size());
  }
}

}  // namespace
}  // namespace icn::dag
