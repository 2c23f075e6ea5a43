#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "devnet/child.h"

namespace icn::devnet {

// CometBFT with its own kvstore and nothing of ours, configured as a node configures it: what a ledger of
// that many validators is held against.
class KvstoreNetwork {
 public:
  // In `folder`, empty. Errors: unavailable (no cometbft, or it does not start, with what it said).
  static Result<std::unique_ptr<KvstoreNetwork>> start(const std::filesystem::path& folder,
                                                       std::size_t validators);

  // Of the RPC of each on 127.0.0.1.
  const std::vector<std::uint16_t>& ports() const { return ports_; }

 private:
  KvstoreNetwork() = default;
  std::vector<std::uint16_t> ports_;
  std::vector<Child> children_;
};

}  // namespace icn::devnet
