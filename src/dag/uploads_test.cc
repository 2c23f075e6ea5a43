#include "dag/uploads.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "codec/unixfs_file.h"
#include "crypto/hash.h"
#include "dag/dag_testing.h"
#include "dag/errors.h"

namespace icn::dag {
namespace {

using testing::by;
using testing::TestBlocks;
using testing::text;

UploadOptions small_batches(Visibility visibility = Visibility::kPrivate) {
  UploadOptions options;
  options.put = by("did:key:a", visibility);
  options.price = [](std::uint64_t size) { return Millimana{static_cast<std::int64_t>(size)}; };
  options.batch_blocks_max = 10;
  return options;
}

std::vector<Bytes> contents(int count, std::string_view prefix = "content ") {
  std::vector<Bytes> out;
  for (int i = 0; i < count; ++i) out.push_back(text(std::string(prefix) + std::to_string(i)));
  return out;
}

Cid cid_of(const Bytes& content) { return Cid::of(codec::kRaw, content); }

class UploadsTest : public ::testing::Test {
 protected:
  void tidy() {
    while (*blocks_.uploads->tidy()) {
    }
    EXPECT_TRUE(blocks_.uploads->is_tidy());
  }
  TestBlocks blocks_;
};

TEST_F(UploadsTest, OneBatchIsOneChange) {
  const auto totals = blocks_.upload(contents(5), small_batches());
  ASSERT_TRUE(totals.ok());
  EXPECT_EQ(totals->blocks, 5u);
  EXPECT_EQ(totals->new_blocks, 5u);
  EXPECT_EQ(totals->price, Millimana{5 * 9});
  EXPECT_EQ((*blocks_.blocks->get(cid_of(text("content 3"))))->meta.author, Did("did:key:a"));
}

TEST_F(UploadsTest, BlocksBecomeVisibleTogether) {
  const auto all = contents(95);
  blocks_.put(all[7], by("did:key:b", Visibility::kPublic));
  {
    auto run = blocks_.uploads->begin(blocks_.executor, small_batches());
    for (const Bytes& content : all) ASSERT_TRUE(run->add(*make_block(codec::kRaw, content)).ok());
    blocks_.executor.run_until([&] { return !run->is_busy(); });
    EXPECT_FALSE(*blocks_.blocks->has(cid_of(all[0])));
    const auto totals = blocks_.commit(*run);
    ASSERT_TRUE(totals.ok());
    EXPECT_EQ(totals->blocks, 95u);
    EXPECT_EQ(totals->new_blocks, 94u);
  }
  for (const Bytes& content : all) EXPECT_TRUE(*blocks_.blocks->has(cid_of(content)));
  EXPECT_EQ((*blocks_.blocks->get(cid_of(all[7])))->meta.visibility, Visibility::kPublic);
  EXPECT_EQ(blocks_.blocks->totals().blocks, 95u);
  EXPECT_EQ(blocks_.stored_rows(kStaged.schema()), 0u);
}

TEST_F(UploadsTest, ALargeOneIsVisibleBeforeItIsSettled) {
  const auto all = contents(1'200);
  ASSERT_TRUE(blocks_.upload(all, small_batches(Visibility::kPublic)).ok());
  EXPECT_FALSE(blocks_.uploads->is_tidy());
  for (const Bytes& content : all) {
    const auto block = blocks_.blocks->get(cid_of(content));
    ASSERT_TRUE(block.ok());
    EXPECT_EQ((*block)->meta.size, content.size());
    EXPECT_EQ((*block)->meta.visibility, Visibility::kPublic);
  }
  ASSERT_TRUE(*blocks_.uploads->tidy());  // one slice, then a restart in the middle
  blocks_.open();
  for (const Bytes& content : all) ASSERT_TRUE(*blocks_.blocks->has(cid_of(content)));
  tidy();
  EXPECT_EQ(blocks_.blocks->totals().blocks, 1'200u);
  EXPECT_EQ(blocks_.stored_rows(kStaged.schema()), 0u);
  EXPECT_EQ(blocks_.stored_rows(kUploads.schema()), 0u);
}

TEST_F(UploadsTest, WhatIsNotCommittedLeavesNothing) {
  const auto all = contents(100);
  blocks_.put(all[3], by("did:key:b"));
  ASSERT_TRUE(blocks_.upload(all, small_batches(), false).ok());
  tidy();
  EXPECT_EQ(blocks_.stored_rows(kBlocks), 1u);
  EXPECT_TRUE(*blocks_.blocks->has(cid_of(all[3])));
  EXPECT_EQ(blocks_.stored_rows(kStaged.schema()), 0u);
}

TEST_F(UploadsTest, AfterAPowerLossAnUnfinishedOneIsTakenBack) {
  auto run = blocks_.uploads->begin(blocks_.executor, small_batches());
  for (const Bytes& content : contents(30)) ASSERT_TRUE(run->add(*make_block(codec::kRaw, content)).ok());
  ASSERT_TRUE(blocks_.blocks->writer().run(1, [](Batch&) { return Result<void>(); }).ok());
  EXPECT_EQ(blocks_.stored_rows(kBlocks), 30u);
  run.reset();
  blocks_.script->lose_power();
  blocks_.open();
  EXPECT_FALSE(blocks_.uploads->is_tidy());
  tidy();
  EXPECT_EQ(blocks_.stored_rows(kBlocks), 0u);
  EXPECT_EQ(blocks_.stored_rows(kUploads.schema()), 0u);
}

TEST_F(UploadsTest, TwoWithTheSameBlocksDoNotHarmEachOther) {
  const auto shared = contents(40);
  auto first = blocks_.uploads->begin(blocks_.executor, small_batches());
  for (const Bytes& content : shared) ASSERT_TRUE(first->add(*make_block(codec::kRaw, content)).ok());
  ASSERT_TRUE(blocks_.upload(shared, small_batches()).ok());
  first.reset();  // given up after the other one was committed
  tidy();
  for (const Bytes& content : shared) EXPECT_TRUE(blocks_.blocks->get(cid_of(content)).ok());
  EXPECT_EQ(blocks_.blocks->totals().blocks, 40u);
}

TEST_F(UploadsTest, AFullDiskEndsIt) {
  auto run = blocks_.uploads->begin(blocks_.executor, small_batches());
  for (const Bytes& content : contents(25)) ASSERT_TRUE(run->add(*make_block(codec::kRaw, content)).ok());
  blocks_.executor.run_until([&] { return !run->is_busy(); });
  blocks_.script->set_full(true);
  EXPECT_EQ(blocks_.commit(*run).error().code(), "E008");
  blocks_.script->set_full(false);
  tidy();
  EXPECT_EQ(blocks_.stored_rows(kBlocks), 0u);
}

TEST_F(UploadsTest, AFileIsStreamedThrough) {
  auto run = blocks_.uploads->begin(blocks_.executor, small_batches());
  codec::FileBuilder builder([&](const Cid& cid, ByteView block) -> Result<void> {
    blocks_.executor.run_until([&] { return !run->is_busy(); });
    ICN_TRY_ASSIGN(made, trusted_block(cid, to_bytes(block)));
    return run->add(std::move(made));
  });
  Bytes piece(100'000);
  SeededRandom random(1);
  crypto::Sha256 sent;
  for (int i = 0; i < 200; ++i) {
    random.fill(piece);
    sent.update(piece);
    ASSERT_TRUE(builder.write(piece).ok());
  }
  const auto built = builder.finish();
  ASSERT_TRUE(built.ok());
  EXPECT_FALSE(*blocks_.blocks->has(built->cid));
  ASSERT_TRUE(blocks_.commit(*run).ok());
  auto reader = codec::FileReader::open(built->cid, [&](const Cid& cid) -> Result<Bytes> {
    ICN_TRY_ASSIGN(block, blocks_.blocks->get(cid));
    return text(block->bytes);
  });
  crypto::Sha256 read;
  while (true) {
    const auto next = reader->next();
    ASSERT_TRUE(next.ok());
    if (!*next) break;
    read.update(**next);
  }
  EXPECT_EQ(sent.finish(), read.finish());
}

}  // namespace
}  // namespace icn::dag
