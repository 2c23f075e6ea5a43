#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "crypto/hash.h"
#include "ledger/ledger.h"
#include "network/rate_gate.h"
#include "network/transport.h"

namespace icn::network {

// How this node's ledger stands to a peer's. Diverged: at a height that both have they hold other blocks,
// as two nodes alone do. Unknown: one of them no longer has, or never had, the header that would tell.
enum class LedgerRelation { kIdentical, kAhead, kBehind, kDiverged, kUnknown };
constexpr auto enum_names(LedgerRelation) {
  using enum LedgerRelation;
  using Name = std::pair<LedgerRelation, std::string_view>;
  return std::array{Name(kIdentical, "identical"), Name(kAhead, "ahead"), Name(kBehind, "behind"),
                    Name(kDiverged, "diverged"), Name(kUnknown, "unknown")};
}

struct LedgerComparisonResult {
  LedgerRelation relation = LedgerRelation::kUnknown;
  std::uint64_t peer_height = 0;
};

// What is compared: the newest block of this node and the hashes of the headers it has. Thread: any.
struct ComparedLedger {
  struct Newest {
    std::string network;
    std::uint64_t height = 0;
    crypto::Hash hash{};
  };
  std::function<Newest()> newest;
  std::function<std::optional<crypto::Hash>(std::uint64_t height)> header_hash;  // none: it is not here
};
// `ledger` outlives it.
ComparedLedger compared(const ledger::Ledger& ledger);

// Asks peers over "/icn/sync/1" how their ledger stands to this node's, and answers who asks. What is told is
// told to everybody by GET /ledger/blocks; it proves nothing: blocks are believed for who has signed them,
// never for who sent them. No answer: another network, more than kRate a second of one peer, and what is no
// question, which is held against the peer. Source: domain.md 9 (identical, ahead, behind, diverged) and 11;
// docs/formats/network.md. Made before the transport starts, and outlives its callbacks.
class LedgerComparison {
 public:
  static constexpr std::uint64_t kRate = 5;
  static constexpr std::uint64_t kBurst = 20;

  using Strike = std::function<void(const PeerId&)>;

  // `transport` null: off. `strike` holds a broken rule against a peer.
  LedgerComparison(Transport* transport, ComparedLedger ledger, const Clock& clock, Strike strike);

  // F008: no answer; bad_answer: one that is none; network_off. Thread: any.
  void ask(const PeerId& peer, Done<LedgerComparisonResult> done) const;

 private:
  std::optional<Bytes> answer(const PeerId& peer, const Bytes& question);

  Transport* const transport_;
  const ComparedLedger ledger_;
  const Clock& clock_;
  const Strike strike_;
  RateGate gate_{kRate, kBurst};  // the transport's thread
};

}  // namespace icn::network
