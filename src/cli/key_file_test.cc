#include "cli/key_file.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace icn::cli {
namespace {

class KeyFile : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) / "cli_key_file";
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    ::setenv("ICN_KEY_PASSPHRASE", "correct horse", 1);
  }
  void TearDown() override {
    ::unsetenv("ICN_KEY_PASSPHRASE");
    std::filesystem::remove_all(folder_);
  }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::filesystem::path folder_;
  SeededRandom random_{7};
};

TEST_F(KeyFile, WhatWasMadeIsLoadedAgain) {
  for (const auto protection : {Protection::kNone, Protection::kPassphrase}) {
    const std::string file = path(protection == Protection::kNone ? "plain" : "sealed");
    const auto made = make_key_file(file, protection, random_);
    ASSERT_TRUE(made.ok()) << made.error().detail();
    const auto loaded = load_key_file(file, random_);
    ASSERT_TRUE(loaded.ok()) << loaded.error().detail();
    EXPECT_EQ(loaded->public_key(), made->public_key());
    EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600));
  }
}

TEST_F(KeyFile, AnotherPassphraseOpensNothing) {
  ASSERT_TRUE(make_key_file(path("key"), Protection::kPassphrase, random_).ok());
  ::setenv("ICN_KEY_PASSPHRASE", "wrong horse", 1);
  const auto loaded = load_key_file(path("key"), random_);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code(), "wrong_passphrase");
}

TEST_F(KeyFile, AFileThatExistsIsNotReplaced) {
  ASSERT_TRUE(make_key_file(path("key"), Protection::kNone, random_).ok());
  EXPECT_FALSE(make_key_file(path("key"), Protection::kNone, random_).ok());
  EXPECT_FALSE(make_key_file(path("key"), Protection::kPassphrase, random_).ok());
}

TEST_F(KeyFile, AnotherFileIsToldBeforeAPassphraseIsAskedFor) {
  ::unsetenv("ICN_KEY_PASSPHRASE");
  for (const char* content : {"a text", "{\"did\":\"did:key:z6Mk\"}"}) {
    std::ofstream(path("other")) << content;
    const auto loaded = load_key_file(path("other"), random_);
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().detail(), path("other") + ": is no key file; `icn did key new FILE` makes one");
  }
}

TEST_F(KeyFile, AMissingFileIsAnError) { EXPECT_FALSE(load_key_file(path("none"), random_).ok()); }

TEST_F(KeyFile, WhatTheKeyWasMadeIntoIsNotedBesideIt) {
  EXPECT_EQ(noted_did(path("key")), std::nullopt);
  ASSERT_TRUE(note_did(path("key"), "did:icn:person:2Uw1bpgSgLW2F9ydHPfGeD").ok());
  EXPECT_EQ(noted_did(path("key")), "did:icn:person:2Uw1bpgSgLW2F9ydHPfGeD");
  ASSERT_TRUE(note_did(path("key"), "did:icn:person:ViTnb9Fs6kVESvnc2pLgGi").ok());
  EXPECT_EQ(noted_did(path("key")), "did:icn:person:ViTnb9Fs6kVESvnc2pLgGi");
  EXPECT_FALSE(note_did(path("no/folder/key"), "did:icn:person:ViTnb9Fs6kVESvnc2pLgGi").ok());
}

}  // namespace
}  // namespace icn::cli
