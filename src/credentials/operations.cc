#include "credentials/operations.h"

#include "credentials/pauses.h"
#include "credentials/status_list.h"
#include "credentials/status_pages.h"
#include "ledger/departure.h"
#include "ledger/state.h"

namespace icn::credentials {
namespace {

using ledger::View;

Error broken(const CredentialRecord& record, std::string_view what) {
  return Error(errors::kInternal, "credential " + record.cid.to_string() + ": " + std::string(what));
}

Result<void> check_kept(const CredentialRecord& before, const CredentialRecord& after) {
  if (before.status == CredentialStatus::kRevoked && after.status != CredentialStatus::kRevoked)
    return broken(after, "what is revoked stays revoked");
  if (before.issuer != after.issuer || before.holder != after.holder || before.list != after.list ||
      before.index != after.index || before.cid != after.cid || before.expires_at != after.expires_at)
    return broken(after, "who issued what for whom, and its place, must stay");
  if (after.usage_count < before.usage_count) return broken(after, "uses are only added");
  return {};
}

Result<void> check_pause(const View& view, const CredentialRecord& record) {
  if (!is_paused(record)) return {};
  ICN_TRY_ASSIGN(ends, ledger::kDue.contains(
                           view, {record.paused_until_secs, std::string(kPauseDue), pause_id(record)}));
  return ends ? Result<void>() : broken(record, "it is paused without an end");
}

Result<void> check_bits(const View& view, const CredentialRecord& record) {
  ICN_TRY_ASSIGN(taken, is_taken(view, record.issuer, record.list, record.index));
  ICN_TRY_ASSIGN(revoked, is_set(view, {record.issuer, record.list, "revocation"}, record.index));
  ICN_TRY_ASSIGN(suspended, is_set(view, {record.issuer, record.list, "suspension"}, record.index));
  const bool fits =
      taken && revoked == (record.status == CredentialStatus::kRevoked) && suspended == is_suspended(record);
  return fits ? check_pause(view, record) : broken(record, "its status list says something else");
}

std::size_t count_bits(const Bytes& bits) {
  std::size_t count = 0;
  for (std::uint64_t i = 0; i < bits.size() * 8; ++i) count += status_bit(bits, i) ? 1 : 0;
  return count;
}

Result<void> status_holds(const View& view, View::Savepoint savepoint) {
  std::size_t made = 0;
  ICN_TRY(view.changes_since(
      savepoint, kCredentials.schema(),
      [&](ByteView, const std::optional<Bytes>& before, const std::optional<Bytes>& after) -> Result<void> {
        if (!after) return ledger::check_may_go(view, savepoint, "a credential must not be forgotten");
        ICN_TRY_ASSIGN(newer, codec::decode_record<CredentialRecord>(*after));
        made += before ? 0 : 1;
        if (!before) return check_bits(view, newer);
        ICN_TRY_ASSIGN(older, codec::decode_record<CredentialRecord>(*before));
        auto kept = check_kept(older, newer);
        return kept.ok() ? check_bits(view, newer) : kept;
      }));
  std::size_t taken = 0;
  ICN_TRY(view.changes_since(
      savepoint, kStatusPages.schema(),
      [&](ByteView, const std::optional<Bytes>& before, const std::optional<Bytes>& after) -> Result<void> {
        if (!after) return ledger::check_may_go(view, savepoint, "a status page must not be forgotten");
        ICN_TRY_ASSIGN(newer, codec::decode_record<StatusPage>(*after));
        taken += count_bits(newer.taken);
        if (!before) return {};
        ICN_TRY_ASSIGN(older, codec::decode_record<StatusPage>(*before));
        taken -= count_bits(older.taken);
        return {};
      }));
  if (taken != made)
    return Error(errors::kInternal, "a place in a status list was given twice or for nothing");
  return {};
}

// Rows that came less rows that went, and what the counts say of it.
Result<void> holdings_are_counted(const View& view, View::Savepoint savepoint) {
  std::int64_t rows = 0;
  ICN_TRY(view.changes_since(
      savepoint, kHoldings.schema(),
      [&](ByteView, const std::optional<Bytes>& before, const std::optional<Bytes>& after) -> Result<void> {
        rows += (after ? 1 : 0) - (before ? 1 : 0);
        return {};
      }));
  std::int64_t counted = 0;
  ICN_TRY(view.changes_since(
      savepoint, kCredentialCounts.schema(),
      [&](ByteView, const std::optional<Bytes>& before, const std::optional<Bytes>& after) -> Result<void> {
        for (const auto& [record, sign] : {std::pair(before, -1), std::pair(after, 1)}) {
          if (!record) continue;
          ICN_TRY_ASSIGN(counts, codec::decode_record<CredentialCounts>(*record));
          counted += sign * static_cast<std::int64_t>(counts.held);
        }
        return {};
      }));
  if (rows != counted) return Error(errors::kInternal, "credentials that are held are counted wrongly");
  return {};
}

}  // namespace

std::vector<storage::TableSchema> tables() {
  return storage::TableSet(kSchemas, kCredentials, kStatusPages, kCredentialCounts, kDisclosures, kHoldings)
      .schemas();
}

std::vector<ledger::DueHandler> due_handlers() { return {{kPauseDue, &run_pause_due}}; }

std::vector<ledger::Invariant> invariants() {
  return {{"credentials.status", &status_holds}, {"credentials.holdings", &holdings_are_counted}};
}

}  // namespace icn::credentials
