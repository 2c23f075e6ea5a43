#include "reputation/export.h"

#include "reputation/appeals.h"
#include "reputation/score/tables.h"
#include "storage/errors.h"

namespace icn::reputation {
namespace {

constexpr std::size_t kPageItems = 1'000;

struct ExportedEvent {
  std::uint64_t number = 0;
  Event event;
  static constexpr auto fields() {
    return described(codec::field("number", &ExportedEvent::number),
                     codec::field("event", &ExportedEvent::event));
  }
};

struct EventPage {
  std::vector<ExportedEvent> items;
  static constexpr auto fields() { return described(codec::field("items", &EventPage::items)); }
};

struct ReputationExport {
  std::optional<Standing> standing;
  std::vector<codec::Cid> pages;
  std::vector<Appeal> appeals;
  static constexpr auto fields() {
    using codec::field;
    return described(field("standing", &ReputationExport::standing), field("pages", &ReputationExport::pages),
                     field("appeals", &ReputationExport::appeals));
  }
};

Result<std::vector<codec::Cid>> put_events(const storage::Reader& state, const Did& did,
                                           identity::ExportArchive& archive) {
  std::vector<codec::Cid> pages;
  EventPage page;
  ICN_TRY_ASSIGN(rows, kEvents.scan(state, ledger::prefix_range(ledger::key_of(did), {}, true)));
  for (std::size_t count = 0; count < kExportEventsMax; ++count) {
    ICN_TRY_ASSIGN(event, rows.next());
    if (!event) break;
    Did owner;
    std::uint64_t number = 0;
    if (!storage::parse_key(rows.key(), owner, number))
      return Error(storage::kCorrupt, "a key of reputation_events");
    page.items.push_back({number, std::move(*event)});
    if (page.items.size() < kPageItems) continue;
    pages.push_back(archive.put(codec::encode_block(page)));
    page.items.clear();
  }
  if (!page.items.empty()) pages.push_back(archive.put(codec::encode_block(page)));
  return pages;
}

Result<codec::Cid> export_reputation(const storage::Reader& state, const Did& did,
                                     identity::ExportArchive& archive) {
  ReputationExport out;
  ICN_TRY_ASSIGN(standing, kStandings.get(state, did));
  out.standing = std::move(standing);
  ICN_TRY_ASSIGN(pages, put_events(state, did, archive));
  out.pages = std::move(pages);
  ICN_TRY_ASSIGN(appeals, kAppeals.scan(state, ledger::prefix_range(ledger::key_of(did))));
  while (out.appeals.size() < kExportEventsMax) {
    ICN_TRY_ASSIGN(appeal, appeals.next());
    if (!appeal) break;
    archive.include(appeal->reason);
    out.appeals.push_back(std::move(*appeal));
  }
  return archive.put(codec::encode_block(out));
}

}  // namespace

identity::ExportPart reputation_export() { return {"reputation", &export_reputation}; }

}  // namespace icn::reputation
