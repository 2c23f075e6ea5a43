#include "economics/export.h"

#include "economics/history.h"

namespace icn::economics {
namespace {

constexpr std::size_t kPageItems = 1'000;

struct HistoryBlock {
  std::vector<LedgerEntry> items;
  static constexpr auto fields() { return described(codec::field("items", &HistoryBlock::items)); }
};

struct ManaExport {
  std::optional<Account> account;
  std::vector<codec::Cid> pages;
  std::optional<std::uint64_t> resume;
  static constexpr auto fields() {
    using codec::field;
    return described(field("account", &ManaExport::account), field("pages", &ManaExport::pages),
                     field("resume", &ManaExport::resume));
  }
};

Result<codec::Cid> export_mana(const storage::Reader& state, const Did& did,
                               identity::ExportArchive& archive) {
  ManaExport out;
  ICN_TRY_ASSIGN(account, kAccounts.get(state, did));
  out.account = std::move(account);
  HistoryFilter filter;
  filter.limit = kPageItems;
  for (std::size_t count = 0; count < kExportItemsMax; count += kPageItems) {
    ICN_TRY_ASSIGN(page, read_history(state, did, filter));
    if (!page.items.empty())
      out.pages.push_back(archive.put(codec::encode_block(HistoryBlock{std::move(page.items)})));
    out.resume = page.resume;
    if (!page.resume) break;
    filter.below_seq = *page.resume;
  }
  return archive.put(codec::encode_block(out));
}

}  // namespace

identity::ExportPart mana_export() { return {"mana", &export_mana}; }

}  // namespace icn::economics
