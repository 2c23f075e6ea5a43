#pragma once

#include <optional>
#include <string>
#include <vector>

#include "governance/tally/bundle.h"

// Makes the roots of an audit bundle, and counts one again with nothing else at hand.
namespace icn::governance::tally {

// SHA-256("icn:eligible:v1" 0x00 ‖ DID ‖ 0x00 ‖ weight as u64, big-endian): the leaves of the eligible root,
// by DID in ascending byte order.
crypto::Hash eligible_leaf(const Did& did, std::uint64_t weight = 1);
// SHA-256("icn:delegation-leaf:v1" 0x00 ‖ canonical JSON of the record): by id.
crypto::Hash delegation_leaf(const DelegationRecord& delegation);
ListRoot root_of(std::span<const crypto::Hash> leaves);

// SHA-256("icn:tx:v1" 0x00 ‖ canonical JSON without `signature`), as the ledger names it.
crypto::Hash transaction_hash(codec::Json transaction);
// The bytes it is the hash of, which is what the sender signs.
std::string transaction_signing_bytes(codec::Json transaction);

// What a sealed ballot commits to: SHA-256("icn:ballot-commit:v1" 0x00 ‖ canonical JSON of
// {proposal_id, revision, voter, ballot, salt as hex}). Source: domain.md 4 "Ballot".
crypto::Hash ballot_commitment(const std::string& proposal_id, std::uint32_t revision, const Did& voter,
                               const BallotContent& content, ByteView salt);

// "icn:audit:v1" 0x00 and the canonical JSON of the statement.
std::string statement_signing_bytes(const AuditStatement& statement);
void sign_bundle(AuditBundle& bundle, const crypto::SecretKey& node_key);

// The one text of a bundle, and back. bad_audit_bundle, too_large (1 GiB, 2^26 values).
std::string bundle_text(const AuditBundle& bundle);
Result<AuditBundle> read_bundle(std::string_view text);

// One thing that is wrong; `what` is one of the names docs/formats/audit.md lists, such as ballot_changed.
struct Finding {
  std::string what;
  std::optional<std::uint64_t> sequence;
  std::optional<std::string> vote_id;
  std::optional<std::string> voter;
  std::string detail;
  static constexpr auto fields() {
    using codec::field;
    return described(field("what", &Finding::what), field("sequence", &Finding::sequence),
                     field("vote_id", &Finding::vote_id), field("voter", &Finding::voter),
                     field("detail", &Finding::detail));
  }
};

struct RecountReport {
  bool holds = false;  // nothing was found
  std::uint64_t signatures_checked = 0;
  std::uint64_t ballots = 0;  // taken, replaced ones too
  std::uint64_t counted = 0;  // members whose vote counts, by own ballot or a delegate's
  OutcomeView outcome;        // of the recount
  std::uint64_t quorum_needed = 0;
  bool quorum_met = false;
  bool passed = false;
  std::vector<Finding> findings;
  static constexpr auto fields() {
    using codec::field;
    using R = RecountReport;
    return described(field("holds", &R::holds), field("signatures_checked", &R::signatures_checked),
                     field("ballots", &R::ballots), field("counted", &R::counted),
                     field("outcome", &R::outcome), field("quorum_needed", &R::quorum_needed),
                     field("quorum_met", &R::quorum_met), field("passed", &R::passed),
                     field("findings", &R::findings));
  }
};

// Checks every signature and root, counts, and compares. A ballot is read from its transaction's body:
// {proposal_id, revision, and the members of BallotContent, or commitment}; of a reveal {proposal_id,
// revision, the members of BallotContent, salt (hex)}. The sender is the voter. The last ballot of a voter
// counts. `node_key`: of a node whose DID is no did:key. Time: 25 us a signature.
RecountReport recount(const AuditBundle& bundle, std::optional<crypto::PublicKey> node_key = {});

}  // namespace icn::governance::tally
