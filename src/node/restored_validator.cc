#include "node/restored_validator.h"

#include <filesystem>

#include "base/errors.h"
#include "consensus/cometbft/vote_signer.h"
#include "crypto/durable_file.h"

namespace icn::node {
namespace {

constexpr std::string_view kText =
    "This node was restored from a backup. Its validator signs nothing until its operator confirms:\n"
    "icn federation confirm-validator\n";

}  // namespace

std::string signed_file(const config::Settings& settings) {
  return settings.data_path + "/validator-signed.json";
}

std::string restored_file(const config::Settings& settings) {
  return settings.data_path + "/validator-restored";
}

bool awaits_confirmation(const config::Settings& settings) {
  return crypto::file_exists(restored_file(settings));
}

Result<void> await_confirmation(const config::Settings& settings) {
  return crypto::write_file_durably(restored_file(settings), as_bytes(kText), crypto::Existing::kReplace);
}

Result<void> confirm_validator(const config::Settings& settings, std::uint64_t height) {
  if (!awaits_confirmation(settings)) return {};
  ICN_TRY(consensus::VoteSigner::begin_after(signed_file(settings), static_cast<std::int64_t>(height)));
  std::error_code failure;
  std::filesystem::remove(restored_file(settings), failure);
  if (failure) return Error(errors::kInternal, restored_file(settings) + ": " + failure.message());
  return {};
}

}  // namespace icn::node
