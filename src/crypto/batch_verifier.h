#pragma once

#include <memory>
#include <span>
#include <vector>

#include "crypto/ed25519.h"

struct icn_ed25519_verifier;

namespace icn::crypto {

// Verifies batches and remembers the points of the keys it meets. Thread: one at a time.
class BatchVerifier {
 public:
  // `keys_kept`: of about so many keys (200 bytes each).
  explicit BatchVerifier(std::size_t keys_kept);

  // As verify_batch(); a key that is known spares a fifth of the work.
  std::vector<bool> verify(std::span<const SignedMessage> items);

 private:
  struct Free {
    void operator()(icn_ed25519_verifier* verifier) const;
  };
  std::unique_ptr<icn_ed25519_verifier, Free> native_;
};

}  // namespace icn::crypto
