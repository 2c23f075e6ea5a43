#include "node/restored_validator.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "consensus/cometbft/vote_signer.h"

namespace icn::node {
namespace {

TEST(RestoredValidator, SignsNothingThatOthersHaveDecidedOnceItIsConfirmed) {
  std::string folder = (std::filesystem::temp_directory_path() / "icn-restored-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  config::Settings settings;
  settings.data_path = folder;
  EXPECT_FALSE(awaits_confirmation(settings));
  EXPECT_TRUE(confirm_validator(settings, 5).ok());
  EXPECT_FALSE(std::filesystem::exists(signed_file(settings))) << "nothing waited";

  ASSERT_TRUE(await_confirmation(settings).ok());
  EXPECT_TRUE(awaits_confirmation(settings));
  ASSERT_TRUE(confirm_validator(settings, 41).ok());
  EXPECT_FALSE(awaits_confirmation(settings));
  const auto key = crypto::SecretKey::from_seed(Bytes(32, 1));
  const auto signer = consensus::VoteSigner::open("chain", key, signed_file(settings));
  ASSERT_TRUE(signer.ok());
  EXPECT_EQ(signer->last().height, 41);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace icn::node
