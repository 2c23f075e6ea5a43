#include "dag/exported_blocks.h"

#include <gtest/gtest.h>

#include "storage/memory/memory_engine.h"

namespace icn::dag {
namespace {

using codec::kRaw;

class ExportedBlocks : public ::testing::Test {
 protected:
  ExportedBlocks() : store_(engine_.open(tables()).value()), blocks_(BlockStore::open(*store_).value()) {}

  Cid put(std::string_view text, std::string_view author, Visibility visibility) {
    PutOptions options;
    options.author = Did(std::string(author));
    options.visibility = visibility;
    return blocks_->put(kRaw, to_bytes(as_bytes(text)), options).value();
  }

  storage::MemoryEngine engine_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<BlockStore> blocks_;
};

// Anybody can anchor the CID of somebody else's private block in a record of their own.
TEST_F(ExportedBlocks, ARecordThatNamesABlockOpensItForNobody) {
  const Did ada("did:key:ada");
  const Cid own = put("a letter", "did:key:ada", Visibility::kPrivate);
  const Cid open = put("a charter", "did:key:ben", Visibility::kPublic);
  const Cid of_ben = put("ben's diary", "did:key:ben", Visibility::kPrivate);
  const Cid sealed = put("sealed for ada", "did:key:ben", Visibility::kPrivate);
  ASSERT_TRUE(blocks_->share({sealed}, ada).ok());
  const Cid absent = Cid::of(kRaw, as_bytes(std::string_view("is not here")));

  identity::ExportArchive archive(ada, exported_blocks(*blocks_));
  for (const Cid& each : {own, open, of_ben, sealed, absent, own}) archive.include(each);
  EXPECT_EQ(archive.missing(), (std::vector{of_ben, absent}));
  const std::string held(as_text(archive.blocks()));
  for (const char* text : {"a letter", "a charter", "sealed for ada"}) {
    EXPECT_NE(held.find(text), std::string::npos) << text;
    EXPECT_EQ(held.find(text), held.rfind(text)) << text << " stands there twice";
  }
  EXPECT_EQ(held.find("diary"), std::string::npos);
}

TEST_F(ExportedBlocks, WhatIsTooMuchIsNamedAsMissing) {
  const Did ada("did:key:ada");
  const identity::ReadExported half = [](const Cid&, const Did&) {
    return std::optional(Bytes(identity::kIncludedBytesMax / 2));
  };
  identity::ExportArchive archive(ada, half);
  std::vector<Cid> named;
  for (const std::string_view each : {"1", "2", "3"}) named.push_back(Cid::of(kRaw, as_bytes(each)));
  for (const Cid& each : named) archive.include(each);
  EXPECT_EQ(archive.missing(), std::vector{named[2]});
}

}  // namespace
}  // namespace icn::dag
