#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "governance/tally/delegation.h"
#include "governance/tally/outcome_view.h"
#include "governance/tally/quorum.h"
#include "governance/tally/receipt.h"

// Everything that decided a vote, for anybody to count again. Format: docs/formats/audit.md.
namespace icn::governance::tally {

struct EligibleMember {
  Did did;
  std::uint64_t weight = 1;
  bool is_suspended = false;  // when voting ended: nobody is followed through them
  static constexpr std::string_view schema_name = "AuditMember";
  static constexpr auto fields() {
    using codec::defaulted_field;
    using codec::field;
    return described(field("did", &EligibleMember::did),
                     defaulted_field("weight", &EligibleMember::weight, "of weighted votes"),
                     defaulted_field("is_suspended", &EligibleMember::is_suspended, "when voting ended"));
  }
};

// Something a member signed, in the order the ledger took it.
struct SignedEntry {
  std::uint64_t sequence = 0;  // from 1
  TimestampSecs accepted_at = 0;
  codec::Json transaction;  // whole and signed, as the ledger took it
  std::string public_key;   // "z6Mk...": verified with; that of a did:key follows from it
  static constexpr std::string_view schema_name = "AuditEntry";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("sequence", &SignedEntry::sequence), field("accepted_at", &SignedEntry::accepted_at),
        field("transaction", &SignedEntry::transaction), field("public_key", &SignedEntry::public_key));
  }
};

struct DelegationEntry {
  DelegationRecord delegation;
  codec::Json transaction;
  std::string public_key;
  static constexpr std::string_view schema_name = "AuditDelegation";
  static constexpr auto fields() {
    using codec::field;
    return described(field("delegation", &DelegationEntry::delegation),
                     field("transaction", &DelegationEntry::transaction),
                     field("public_key", &DelegationEntry::public_key));
  }
};

struct ListRoot {
  std::uint64_t count = 0;
  codec::HexBytes root;
  static constexpr std::string_view schema_name = "AuditListRoot";
  static constexpr auto fields() {
    return described(codec::field("count", &ListRoot::count),
                     codec::field("root", &ListRoot::root, "Merkle root, RFC 6962", {32, 32}));
  }
};

// What the node vouches for; all else in the bundle is held against it.
struct AuditStatement {
  std::string network;
  std::uint32_t revision = 1;
  std::uint32_t round = 1;
  std::string scope;
  std::string category;
  std::string privacy = "public";  // or private_until_end
  Election election;
  QuorumTerms quorum;
  bool delegation = true;
  std::uint32_t hops_max = 10;
  std::uint64_t carried_max = 0;
  std::uint64_t delegations_at = 0;  // the deadline in the unit of the delegations' times
  ListRoot eligible;
  ListRoot ballots;
  ListRoot reveals;
  ListRoot delegations;
  std::optional<ListRoot> judgements;               // of objections
  std::vector<std::uint64_t> accruals;              // conviction: ballots taken before each daily accrual
  std::vector<std::uint64_t> objections_set_aside;  // consent: sequences of ballots found not paramount
  OutcomeView outcome;
  std::uint64_t quorum_needed = 0;
  bool quorum_met = false;
  bool passed = false;  // passes, quorum_met and not vetoed

  static constexpr std::string_view schema_name = "AuditStatement";
  static constexpr auto fields() {
    using codec::defaulted_field;
    using codec::field;
    using S = AuditStatement;
    return described(
        field("network", &S::network), field("revision", &S::revision), field("round", &S::round),
        field("scope", &S::scope), field("category", &S::category), field("privacy", &S::privacy),
        field("election", &S::election), field("quorum", &S::quorum),
        field("delegation", &S::delegation, "whether members may be followed"),
        field("hops_max", &S::hops_max), field("carried_max", &S::carried_max, "by a delegate; 0: no cap"),
        field("delegations_at", &S::delegations_at), field("eligible", &S::eligible),
        field("ballots", &S::ballots), field("reveals", &S::reveals), field("delegations", &S::delegations),
        field("judgements", &S::judgements, "of objections"),
        defaulted_field("accruals", &S::accruals, "conviction: ballots taken before each accrual"),
        defaulted_field("objections_set_aside", &S::objections_set_aside,
                        "consent: ballots whose objection was found not paramount"),
        field("outcome", &S::outcome), field("quorum_needed", &S::quorum_needed),
        field("quorum_met", &S::quorum_met), field("passed", &S::passed));
  }
};

inline constexpr std::string_view kBundleFormat = "icn-audit-1";

struct AuditBundle {
  std::string format{kBundleFormat};
  AuditStatement statement;
  Did node_did;
  codec::HexBytes node_signature;                 // of statement_signing_bytes()
  std::vector<EligibleMember> eligible;           // by DID, strictly ascending bytes
  std::vector<codec::HexBytes> leaves;            // ballot_leaf() of each ballot, in sequence
  std::vector<SignedEntry> ballots;               // all that were taken, replaced ones too
  std::vector<SignedEntry> reveals;               // of sealed ballots
  std::vector<DelegationEntry> delegations;       // in force at the deadline; by id, ascending
  std::vector<SignedEntry> judgements;            // the newest of each member on each objection
  std::map<std::string, codec::Json> parameters;  // of the ledger, that ruled the vote
  std::optional<codec::Json> checkpoint;          // or other proof that the ledger holds the statement

  static constexpr std::string_view schema_name = "AuditBundle";
  static constexpr auto fields() {
    using codec::defaulted_field;
    using codec::field;
    return described(
        field("format", &AuditBundle::format), field("statement", &AuditBundle::statement),
        field("node_did", &AuditBundle::node_did), field("node_signature", &AuditBundle::node_signature),
        field("eligible", &AuditBundle::eligible), field("leaves", &AuditBundle::leaves),
        field("ballots", &AuditBundle::ballots), field("reveals", &AuditBundle::reveals),
        field("delegations", &AuditBundle::delegations),
        defaulted_field("judgements", &AuditBundle::judgements, "what members found of objections"),
        defaulted_field("parameters", &AuditBundle::parameters),
        field("checkpoint", &AuditBundle::checkpoint));
  }
};

}  // namespace icn::governance::tally
