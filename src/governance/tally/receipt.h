#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "codec/values.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"

// What a voter gets for a ballot, and how it is checked with nothing else at hand.
// Format: docs/formats/audit.md. Source: domain.md 4.
namespace icn::governance::tally {

// Leads from a ballot's leaf to the root over all ballots of its vote. Source: RFC 6962, 2.1.1.
struct InclusionPath {
  std::uint64_t count = 0;  // leaves in the tree
  std::vector<codec::HexBytes> path;
  codec::HexBytes root;
  static constexpr std::string_view schema_name = "InclusionPath";
  static constexpr auto fields() {
    using codec::field;
    return described(field("count", &InclusionPath::count, "ballots in the tree"),
                     field("path", &InclusionPath::path, "sibling hashes from the leaf up", {0, 64}),
                     field("root", &InclusionPath::root, "", {32, 32}));
  }
  bool operator==(const InclusionPath&) const = default;
};

struct BallotReceipt {
  std::string vote_id;
  std::string proposal_id;
  codec::HexBytes leaf_hash;
  std::uint64_t sequence = 0;  // from 1: the ballot is leaf sequence - 1
  TimestampSecs accepted_at = 0;
  Did node_did;
  codec::HexBytes node_signature;          // of receipt_signing_bytes()
  std::optional<InclusionPath> inclusion;  // from the close on; not signed, its root stands in the bundle

  static constexpr std::string_view schema_name = "BallotReceipt";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("vote_id", &BallotReceipt::vote_id, "", {1, 100}),
        field("proposal_id", &BallotReceipt::proposal_id, "", {1, 100}),
        field("leaf_hash", &BallotReceipt::leaf_hash, "the ballot in the tree of ballots", {32, 32}),
        field("sequence", &BallotReceipt::sequence, "the how many-th ballot of the vote", {1, 1ll << 40}),
        field("accepted_at", &BallotReceipt::accepted_at, "Unix seconds"),
        field("node_did", &BallotReceipt::node_did, "who says so"),
        field("node_signature", &BallotReceipt::node_signature, "Ed25519, hex", {64, 64}),
        field("inclusion", &BallotReceipt::inclusion));
  }
  bool operator==(const BallotReceipt&) const = default;
};

// SHA-256("icn:ballot-leaf:v1" 0x00 ‖ transaction hash ‖ key ‖ accepted_at as u64, big-endian).
// `transaction_hash`: of what the voter signed, which names proposal, revision, voter and the vote or its
// commitment. `key`: the bytes the ledger verified the signature with.
crypto::Hash ballot_leaf(const crypto::Hash& transaction_hash, const crypto::PublicKey& key,
                         TimestampSecs accepted_at);

// "vo_" and the first 16 bytes of the transaction's hash as hex.
std::string vote_id_of(const crypto::Hash& transaction_hash);

// "icn:ballot-receipt:v1" 0x00 and the canonical JSON of the receipt without node_signature and inclusion.
std::string receipt_signing_bytes(const BallotReceipt& receipt);
void sign_receipt(BallotReceipt& receipt, const crypto::SecretKey& node_key);

struct ReceiptVerdict {
  bool is_signature_valid = false;
  bool is_signature_checked = false;  // the node is a did:key, or its key was given
  bool has_inclusion = false;
  bool is_included = false;
  std::string detail;  // the first thing that is wrong
  bool holds() const { return is_signature_checked && is_signature_valid && (!has_inclusion || is_included); }
};
// `node_key`: of a node whose DID is no did:key. Needs nothing else.
ReceiptVerdict verify_receipt(const BallotReceipt& receipt, std::optional<crypto::PublicKey> node_key = {});

}  // namespace icn::governance::tally
