#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mana.h"
#include "codec/cid.h"
#include "codec/records.h"

// What the ledger holds of a federation. Format: docs/formats/federation.md.
namespace icn::federation {

enum class JoinPolicy { kOpen, kInviteOnly, kApproval, kVote };
constexpr auto enum_names(JoinPolicy) {
  return std::array{std::pair(JoinPolicy::kOpen, std::string_view("open")),
                    std::pair(JoinPolicy::kInviteOnly, std::string_view("invite_only")),
                    std::pair(JoinPolicy::kApproval, std::string_view("approval")),
                    std::pair(JoinPolicy::kVote, std::string_view("vote"))};
}

enum class Role { kMember, kValidator, kCoordinator, kObserver };
constexpr auto enum_names(Role) {
  return std::array{std::pair(Role::kMember, std::string_view("member")),
                    std::pair(Role::kValidator, std::string_view("validator")),
                    std::pair(Role::kCoordinator, std::string_view("coordinator")),
                    std::pair(Role::kObserver, std::string_view("observer"))};
}

enum class ChangeKind { kAdmitMember, kRemoveMember, kAddValidator, kRemoveValidator, kLiftPenalty };
constexpr auto enum_names(ChangeKind) {
  return std::array{std::pair(ChangeKind::kAdmitMember, std::string_view("admit_member")),
                    std::pair(ChangeKind::kRemoveMember, std::string_view("remove_member")),
                    std::pair(ChangeKind::kAddValidator, std::string_view("add_validator")),
                    std::pair(ChangeKind::kRemoveValidator, std::string_view("remove_validator")),
                    std::pair(ChangeKind::kLiftPenalty, std::string_view("lift_penalty"))};
}

// One row, key "federation". Its id is the network's.
struct Federation {
  std::string name;
  codec::Cid charter;  // empty: none
  JoinPolicy policy = JoinPolicy::kApproval;
  Did founder;  // organisation
  TimestampSecs founded_at = 0;
  std::uint64_t founded_height = 0;  // of the block that made it one
  std::uint64_t member_count = 0;
  std::uint64_t validator_count = 0;
  std::uint64_t change_count = 0;  // proposed ever
  static constexpr auto fields() {
    using codec::field;
    return described(field("name", &Federation::name), field("charter", &Federation::charter),
                     field("policy", &Federation::policy), field("founder", &Federation::founder),
                     field("founded_at", &Federation::founded_at),
                     field("founded_height", &Federation::founded_height),
                     field("member_count", &Federation::member_count),
                     field("validator_count", &Federation::validator_count),
                     field("change_count", &Federation::change_count));
  }
};

// Key: DID of the organisation.
struct Member {
  Did organization;
  std::string name;
  Did operator_did;  // who acts for it; of one member only
  Role role = Role::kMember;
  TimestampSecs joined_at = 0;
  std::string former_network;  // whose sealed ledger it came with; empty: none
  std::uint64_t people_count = 0;
  Millimana stake;  // locked of its operator's account
  static constexpr std::string_view schema_name = "FederationMember";
  static constexpr auto fields() {
    using codec::field;
    return described(field("organization", &Member::organization), field("name", &Member::name),
                     field("operator_did", &Member::operator_did, "who acts for it"),
                     field("role", &Member::role), field("joined_at", &Member::joined_at, "Unix seconds"),
                     field("former_network", &Member::former_network, "it came from; empty: none"),
                     field("people_count", &Member::people_count, "members it brought"),
                     field("stake", &Member::stake, "mana, locked of its operator's account"));
  }
};

// Key: DID of the organisation; one an organisation, all of equal power.
struct Validator {
  Did organization;
  std::string name;
  Did operator_did;
  codec::HexBytes public_key;  // signs blocks
  std::string peer;            // "node id@host:port" of its engine
  TimestampSecs since = 0;
  static constexpr std::string_view schema_name = "FederationValidator";
  static constexpr auto fields() {
    using codec::field;
    return described(field("organization", &Validator::organization), field("name", &Validator::name),
                     field("operator_did", &Validator::operator_did),
                     field("public_key", &Validator::public_key, "Ed25519, signs blocks"),
                     field("peer", &Validator::peer, "node id@host:port of its engine"),
                     field("since", &Validator::since, "Unix seconds"));
  }
};

// The part of a validator that its operator proposes.
struct ValidatorKey {
  codec::HexBytes public_key;
  std::string peer;
  codec::HexBytes proof;  // validators.h
  static constexpr std::string_view schema_name = "ProposedValidator";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("public_key", &ValidatorKey::public_key, "Ed25519, hex", {32, 32}),
        field("peer", &ValidatorKey::peer, "node id@host:port of its engine", {1, 300}),
        field("proof", &ValidatorKey::proof, "as `icn federation validator` prints it", {64, 64}));
  }
};

// What operators of validators decide on. Takes effect with the approval that makes them more than 2/3.
// Key: id, "ch_" and 32 hex digits.
struct Change {
  std::string id;
  std::uint64_t sequence = 0;  // of all proposed in this federation, from 1
  ChangeKind kind = ChangeKind::kAdmitMember;
  Did organization;
  std::string name;                       // admit_member
  Did operator_did;                       // admit_member
  std::string former_network;             // admit_member, of who asked itself
  std::optional<ValidatorKey> validator;  // add_validator
  std::string offence;                    // lift_penalty: as misconduct.h names it
  codec::Cid reason;                      // lift_penalty: block with what is said against it; empty: none
  Did proposer;
  TimestampSecs proposed_at = 0;
  std::uint64_t expires_secs = 0;  // running time
  std::vector<Did> approvals;      // operators; counted while they operate a validator
  std::optional<TimestampSecs> applied_at;
  static constexpr auto fields() {
    using codec::field;
    return described(field("id", &Change::id), field("sequence", &Change::sequence),
                     field("kind", &Change::kind), field("organization", &Change::organization),
                     field("name", &Change::name), field("operator_did", &Change::operator_did),
                     field("former_network", &Change::former_network), field("validator", &Change::validator),
                     field("offence", &Change::offence), field("reason", &Change::reason),
                     field("proposer", &Change::proposer), field("proposed_at", &Change::proposed_at),
                     field("expires_secs", &Change::expires_secs), field("approvals", &Change::approvals),
                     field("applied_at", &Change::applied_at));
  }
};

// What the operator of a validator signs for who is to join: "icn:federation-invitation:v1" 0x00 + canonical
// JSON without the signature. Works once.
struct Ticket {
  std::string network;
  Did inviter;  // operator of a validator
  KeyId key;    // that signs
  codec::HexBytes nonce;
  TimestampSecs expires = 0;
  std::optional<Did> organization;  // the only one it is for; absent: anybody
  codec::HexBytes signature;
  static constexpr std::string_view schema_name = "FederationTicket";
  static constexpr auto fields() {
    using codec::field;
    return described(field("network", &Ticket::network, "", {1, 64}), field("inviter", &Ticket::inviter),
                     field("key", &Ticket::key, "verification method of the inviter"),
                     field("nonce", &Ticket::nonce, "hex", {16, 16}),
                     field("expires", &Ticket::expires, "Unix seconds"),
                     field("organization", &Ticket::organization, "the only one it is for"),
                     field("signature", &Ticket::signature, "hex", {64, 64}));
  }
};

// Key: nonce of the ticket.
struct SpentTicket {
  Did organization;
  TimestampSecs at = 0;
  static constexpr auto fields() {
    return described(codec::field("organization", &SpentTicket::organization),
                     codec::field("at", &SpentTicket::at));
  }
};

// Somebody an organisation brought. Key (organisation, person).
struct Person {
  Did organization;
  Did person;
  TimestampSecs since = 0;
  static constexpr auto fields() {
    return described(codec::field("organization", &Person::organization),
                     codec::field("person", &Person::person), codec::field("since", &Person::since));
  }
};

}  // namespace icn::federation
