#include "node/stores.h"

#include "base/errors.h"
#include "codec/fields.h"
#include "crypto/durable_file.h"
#include "ledger/state_digest.h"
#include "ledger/verify.h"
#include "node/backup_files.h"
#include "registry/rules.h"

namespace icn::node {
namespace {

constexpr std::size_t kFileBytesMax = 64 << 20;

// The state hash of the ledger from rows that pass by in the order it is over.
class StateHash {
 public:
  void add(const std::string& store, std::uint16_t table, ByteView key, ByteView record) {
    if (store == kLedgerStore && table < ledger::kAgreedTablesEnd)
      hash_.update(ledger::state_item(table, key, record));
  }
  std::string finish() { return hex_encode(hash_.finish()); }

 private:
  crypto::Sha256 hash_;
};

Result<std::vector<std::pair<std::string, Bytes>>> files_to_keep(const config::Settings& settings) {
  std::vector<std::pair<std::string, Bytes>> out;
  for (const BackupFile& file : backup_files(settings)) {
    if (!crypto::file_exists(file.path)) continue;
    ICN_TRY_ASSIGN(content, crypto::read_secret_file(file.path, kFileBytesMax));
    out.emplace_back(file.name, to_bytes(content.view()));
  }
  return out;
}

}  // namespace

std::vector<KeptStore> kept_stores(const config::Settings& settings) {
  return {
      {std::string(kLedgerStore), config::storage_folder(settings), WritePattern::kBlocks,
       engine_of(settings, WritePattern::kBlocks), registry::ledger_tables()},
      {std::string(kNodeStore), std::filesystem::path(settings.data_path) / "node", WritePattern::kSingleRows,
       engine_of(settings, WritePattern::kSingleRows), registry::node_tables()}};
}

backup::Indexers all_indexers() {
  backup::Indexers out;
  for (const ledger::TableIndexer& each : registry::rules().indexers) out.emplace(each.table, each.values);
  for (const ledger::TableIndexer& each : registry::node_indexers()) out.emplace(each.table, each.values);
  return out;
}

Result<OpenStores> OpenStores::open(const config::Settings& settings, std::shared_ptr<Log> log) {
  return open(settings, kept_stores(settings), std::move(log));
}

Result<OpenStores> OpenStores::open(const config::Settings& settings, std::vector<KeptStore> kept,
                                    std::shared_ptr<Log> log) {
  OpenStores out;
  out.kept_ = std::move(kept);
  for (const KeptStore& store : out.kept_) {
    out.engines_.push_back(make_engine(settings, store.folder, store.pattern, log));
    ICN_TRY_ASSIGN(opened, out.engines_.back()->open(store.tables));
    out.stores_.push_back(std::move(opened));
  }
  return out;
}

Result<backup::WriterParts> backup_parts(const config::Settings& settings, const Clock& clock,
                                         std::shared_ptr<const storage::Reader> ledger,
                                         std::shared_ptr<const storage::Reader> node) {
  backup::WriterParts out;
  ICN_TRY_ASSIGN(head, ledger::load_head(*ledger));
  ICN_TRY_ASSIGN(network, ledger::kNetwork.get(*ledger, "network"));
  if (head) {
    out.begin.height = head->header.height;
    out.begin.head_hash = hex_encode(head->hash);
  }
  out.begin.made_at = clock.now_secs();
  out.begin.version = ICN_VERSION;
  out.begin.network = network ? network->network : settings.network_id;
  std::vector<KeptStore> kept = kept_stores(settings);
  std::vector<std::shared_ptr<const storage::Reader>> views{std::move(ledger), std::move(node)};
  for (std::size_t i = 0; i < kept.size(); ++i)
    out.stores.push_back({kept[i].name, std::string(codec::enum_name(kept[i].engine)), kStoreSchema,
                          std::move(views[i]), std::move(kept[i].tables)});
  ICN_TRY_ASSIGN(files, files_to_keep(settings));
  out.files = std::move(files);
  auto hash = std::make_shared<StateHash>();
  out.see = [hash](const backup::StoreView& store, std::uint16_t table, ByteView key,
                   ByteView record) -> Result<void> {
    hash->add(store.name, table, key, record);
    return {};
  };
  out.finish = [hash](backup::End& end) { end.state_hash = hash->finish(); };
  return out;
}

Result<backup::WriterParts> running_backup_parts(const config::Settings& settings, const Clock& clock,
                                                 const ledger::Ledger& ledger, const storage::Store& node) {
  ICN_TRY_ASSIGN(view, ledger.snapshot());
  return backup_parts(settings, clock, std::move(view), node.snapshot());
}

std::vector<system::Check> store_checks(const ledger::Ledger& ledger, const storage::Store& node) {
  const auto usable = [&]() -> Result<void> {
    ICN_TRY_ASSIGN(store, ledger.store());
    ICN_TRY(ledger::kNetwork.get(*store, "network"));
    const std::string refuses = store->stats().refuses;
    if (!refuses.empty()) return Error(errors::kUnavailable, "takes no writes: " + refuses);
    return {};
  };
  const Result<void> ledger_usable = usable();
  std::string blocks = node.stats().refuses;
  if (!blocks.empty()) blocks = "takes no writes: " + blocks;
  return {{"runtime", ""},
          {"mana_ledger", ledger_usable.ok() ? std::string() : ledger_usable.error().detail()},
          {"dag_store", blocks}};
}

std::vector<system::StoreFigures> store_figures(const ledger::Ledger& ledger, const storage::Store& node) {
  std::vector<system::StoreFigures> out;
  const auto add = [&](std::string_view name, const storage::StoreStats& stats) {
    out.push_back({std::string(name), stats.engine, stats.bytes, stats.keys, stats.refuses});
  };
  if (const auto store = ledger.store(); store.ok()) add(kLedgerStore, (*store)->stats());
  add(kNodeStore, node.stats());
  return out;
}

Result<std::string> ledger_state_hash(const storage::Reader& ledger) {
  ICN_TRY_ASSIGN(hash, ledger::state_hash(ledger, registry::ledger_tables()));
  return hex_encode(hash);
}

}  // namespace icn::node
