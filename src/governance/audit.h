#pragma once

#include "governance/ballot_trees.h"
#include "governance/tally/bundle.h"
#include "governance/vote.h"
#include "ledger/ledger.h"

// What lets anybody check a vote: receipts and audit bundles, from the ledger's rows and blocks. Thread: any.
namespace icn::governance {

// A ballot of the log by its vote id, and the vote it was cast in.
struct FoundBallot {
  std::string vote_id;  // of vote_key()
  std::uint64_t sequence = 0;
  LoggedBallot logged;
};
// ballot_not_found. Looks through the rounds of the proposal, the newest first.
Result<FoundBallot> find_ballot(const ledger::Reader& state, const Proposal& proposal,
                                const std::string& ballot_id);

// The leaves of the tree over a vote's ballots, or of its reveals. Reads the whole log: 2 us a ballot.
Result<std::vector<crypto::Hash>> leaves_of(const ledger::Reader& state, const std::string& vote_id);

// Without node_did and signature; with the inclusion path once the vote has closed.
Result<tally::BallotReceipt> receipt_of(const ledger::Reader& state, const Proposal& proposal,
                                        const FoundBallot& found, BallotTrees& trees);

// Everything but the node's signature. not_closed: it is not counted yet. block_pruned: this node dropped
// the blocks with its ballots. Time: 5 us a ballot.
Result<tally::AuditBundle> bundle_of(const ledger::Reader& state, const ledger::Published& published,
                                     const Proposal& proposal);

}  // namespace icn::governance
