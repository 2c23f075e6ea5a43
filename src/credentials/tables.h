#pragma once

#include <array>

#include "base/clock.h"
#include "codec/cid.h"
#include "codec/records.h"
#include "ledger/tables.h"

// Tables 30 to 35 of the agreed state. Format: docs/formats/credentials.md.
namespace icn::credentials {

// A kind of claims. Key: its id, "<name>:v<version>". The text lies in the block.
struct Schema {
  std::string id;
  std::string name;
  std::uint32_t version = 0;
  codec::Cid cid;
  Did author;
  std::vector<Did> issuers;  // who alone may issue under it; empty: everybody
  TimestampSecs registered_at = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("id", &Schema::id), field("name", &Schema::name),
                     field("version", &Schema::version), field("cid", &Schema::cid),
                     field("author", &Schema::author), field("issuers", &Schema::issuers),
                     field("registered_at", &Schema::registered_at));
  }
};

// kPaused is shown and never stored: a pause lies over what the issuer says (pauses.h).
enum class CredentialStatus { kActive, kSuspended, kRevoked, kPaused };
constexpr auto enum_names(CredentialStatus) {
  using Name = std::pair<CredentialStatus, std::string_view>;
  return std::array{Name(CredentialStatus::kActive, "active"),
                    Name(CredentialStatus::kSuspended, "suspended"),
                    Name(CredentialStatus::kRevoked, "revoked"), Name(CredentialStatus::kPaused, "paused")};
}

// What everybody may know of a credential. Key: the bytes of its CID, and its issuer: the ledger cannot see
// what a CID names, so that anybody may anchor the CID of a credential they heard of, in their own name
// alone.
struct CredentialRecord {
  codec::Cid cid;
  Did issuer;
  Did holder;
  std::string type;
  std::string schema;  // empty: none
  TimestampSecs issued_at = 0;
  TimestampSecs expires_at = 0;
  std::uint32_t list = 0;   // which status list of its issuer
  std::uint32_t index = 0;  // its place there
  CredentialStatus status = CredentialStatus::kActive;
  codec::Cid reason;  // block with the reason of the last change
  TimestampSecs changed_at = 0;
  Did changed_by;
  std::vector<Did> revocable_by;
  std::optional<std::uint64_t> usage_limit;
  std::uint64_t usage_count = 0;
  codec::Cid stored;                    // block with the credential: itself, or sealed for its holder
  std::uint64_t paused_until_secs = 0;  // running time; 0: it is not
  std::string paused_by;                // the proposal that decided it
  static constexpr auto fields() {
    using codec::field;
    using Record = CredentialRecord;
    return described(field("cid", &Record::cid), field("issuer", &Record::issuer),
                     field("holder", &Record::holder), field("type", &Record::type),
                     field("schema", &Record::schema), field("issued_at", &Record::issued_at),
                     field("expires_at", &Record::expires_at), field("list", &Record::list),
                     field("index", &Record::index), field("status", &Record::status),
                     field("reason", &Record::reason), field("changed_at", &Record::changed_at),
                     field("changed_by", &Record::changed_by), field("revocable_by", &Record::revocable_by),
                     field("usage_limit", &Record::usage_limit), field("usage_count", &Record::usage_count),
                     field("stored", &Record::stored), field("paused_until_secs", &Record::paused_until_secs),
                     field("paused_by", &Record::paused_by));
  }
};

inline bool is_paused(const CredentialRecord& record) { return record.paused_until_secs != 0; }
inline CredentialStatus shown_status(const CredentialRecord& record) {
  const bool is_good = record.status == CredentialStatus::kActive;
  return is_good && is_paused(record) ? CredentialStatus::kPaused : record.status;
}
// What its entry of the list of suspensions says: whoever reads the lists alone must see a pause too.
inline bool is_suspended(const CredentialRecord& record) {
  return record.status == CredentialStatus::kSuspended || shown_status(record) == CredentialStatus::kPaused;
}

// 1,024 entries of a status list, as bits (status_list.h). Key (issuer, list, number of the page).
struct StatusPage {
  Bytes taken;
  Bytes revoked;
  Bytes suspended;
  static constexpr auto fields() {
    using codec::field;
    return described(field("taken", &StatusPage::taken), field("revoked", &StatusPage::revoked),
                     field("suspended", &StatusPage::suspended));
  }
};
inline constexpr std::uint32_t kPageEntries = 1'024;

// How many credentials a DID issued, and holds: neither revoked nor, as far as it was counted, expired. Key:
// DID.
struct CredentialCounts {
  std::uint64_t issued = 0;
  std::uint64_t held = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("issued", &CredentialCounts::issued), field("held", &CredentialCounts::held));
  }
};

// That a credential counts among those its holder holds. Key (holder, expires_at, bytes of its CID, issuer):
// those that expired come first, and go when their holder gets another one.
struct Holding {
  codec::Cid cid;
  static constexpr auto fields() { return described(codec::field("cid", &Holding::cid)); }
};

// That a holder showed parts of a credential. Key (bytes of its CID, bytes of the disclosure's).
struct Disclosure {
  codec::Cid disclosure;
  Did verifier;
  TimestampSecs anchored_at = 0;
  static constexpr auto fields() {
    using codec::field;
    return described(field("disclosure", &Disclosure::disclosure), field("verifier", &Disclosure::verifier),
                     field("anchored_at", &Disclosure::anchored_at));
  }
};

inline Bytes cid_key(const codec::Cid& cid) { return to_bytes(cid.bytes()); }

// Newest first, in each of the three.
inline std::optional<Bytes> credential_time_index(const CredentialRecord& each) {
  return ledger::key_of(ledger::Descending{each.issued_at}, cid_key(each.cid), each.issuer);
}
inline std::optional<Bytes> credential_holder_index(const CredentialRecord& each) {
  return ledger::key_of(each.holder, ledger::Descending{each.issued_at}, cid_key(each.cid), each.issuer);
}
inline std::optional<Bytes> credential_issuer_index(const CredentialRecord& each) {
  return ledger::key_of(each.issuer, ledger::Descending{each.issued_at}, cid_key(each.cid));
}

using CredentialKey = std::tuple<Bytes, Did>;
using HoldingKey = std::tuple<Did, TimestampSecs, Bytes, Did>;
using StatusPageKey = std::tuple<Did, std::uint32_t, std::uint32_t>;
using DisclosureKey = std::tuple<Bytes, Bytes>;

inline const ledger::Table<std::string, Schema> kSchemas{30, "credential_schemas"};
inline const ledger::Table<CredentialKey, CredentialRecord> kCredentials{
    31,
    "credentials",
    {{"idx_credentials_time", &credential_time_index},
     {"idx_credentials_holder", &credential_holder_index},
     {"idx_credentials_issuer", &credential_issuer_index}}};
inline const ledger::Table<StatusPageKey, StatusPage> kStatusPages{32, "credential_status_pages"};
inline const ledger::Table<Did, CredentialCounts> kCredentialCounts{33, "credential_counts"};
inline const ledger::Table<DisclosureKey, Disclosure> kDisclosures{34, "credential_disclosures"};
inline const ledger::Table<HoldingKey, Holding> kHoldings{35, "credential_holdings"};

inline CredentialKey credential_key(const CredentialRecord& each) { return {cid_key(each.cid), each.issuer}; }
inline HoldingKey holding_key(const CredentialRecord& each) {
  return {each.holder, each.expires_at, cid_key(each.cid), each.issuer};
}

}  // namespace icn::credentials
