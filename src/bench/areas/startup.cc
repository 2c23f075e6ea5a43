#include <algorithm>
#include <chrono>
#include <thread>

#include "base/random.h"
#include "bench/area.h"
#include "bench/node_process.h"
#include "bench/temporary_folder.h"
#include "config/settings.h"
#include "crypto/key_text.h"
#include "economics/tables.h"
#include "node/engines.h"
#include "registry/rules.h"

namespace icn::bench {
namespace {

constexpr std::uint64_t kAccounts = 1'000'000;
constexpr int kStarts = 3;  // the middle one counts

// A did:key that nobody holds the key of: opening a store asks no more of it.
Did did_of_number(std::uint64_t number) {
  SeededRandom random(number);
  crypto::PublicKey key;
  random.fill(key.bytes);
  return crypto::did_key(key);
}

// Writes the accounts beside those of a stopped node, as the ledger's tables hold them, and counts them in
// the supply. The blocks do not tell of them: this store starts and serves, it does not verify.
Result<void> add_accounts(const std::filesystem::path& data) {
  config::Settings settings;
  settings.data_path = data.string();
  const auto engine = node::make_engine(settings, config::storage_folder(settings),
                                        node::WritePattern::kBlocks, make_silent_log());
  ICN_TRY_ASSIGN(store, engine->open(registry::ledger_tables()));
  ICN_TRY_ASSIGN(supply, economics::kSupply.get(*store, economics::kSupplyKey));
  economics::Account account;
  account.balance = Millimana::from_mana(1'000);
  account.cap = Millimana::from_mana(7'000);
  account.stage = economics::Stage::kVerified;
  account.created = account.updated = supply->started;
  constexpr std::uint64_t kBatch = 10'000;
  for (std::uint64_t done = 0; done < kAccounts; done += kBatch) {
    std::vector<storage::Row> rows;
    for (std::uint64_t i = done; i < done + kBatch; ++i) {
      rows.push_back({&economics::kAccounts.schema(),
                      ledger::key_of(did_of_number(i)),
                      codec::encode_record(account),
                      economics::kAccounts.index_values(account),
                      {}});
    }
    ICN_TRY(store->write(rows, storage::Durability::kBuffered));
  }
  supply->accounts += kAccounts;
  supply->granted += Millimana::from_mana(1'000 * static_cast<std::int64_t>(kAccounts));
  ICN_TRY(store->write({{&economics::kSupply.schema(),
                         ledger::key_of(economics::kSupplyKey),
                         codec::encode_record(*supply),
                         {},
                         {}}},
                       storage::Durability::kSynced));
  return store->flush();
}

Result<double> middle_start(const std::string& executable, const std::filesystem::path& folder) {
  std::vector<double> times;
  for (int i = 0; i < kStarts; ++i) {
    ICN_TRY_ASSIGN(node, NodeProcess::start(executable, folder));
    times.push_back(node->start_secs());
  }
  std::ranges::sort(times);
  return times[kStarts / 2];
}

}  // namespace

Result<void> run_startup(const Bench& bench) {
  ICN_TRY_ASSIGN(folder, TemporaryFolder::make());
  std::vector<double> times;
  for (int i = 0; i < kStarts; ++i) {  // each on a new folder: keys and genesis are made
    ICN_TRY_ASSIGN(node, NodeProcess::start(bench.executable, folder.path() / ("new-" + std::to_string(i))));
    times.push_back(node->start_secs());
    if (i + 1 < kStarts) continue;
    std::ranges::sort(times);
    bench.add(fixed_row(TargetId::kStartEmpty, times[kStarts / 2],
                        "new folder: keys, genesis and operator key are made; " + load_average()));
    std::this_thread::sleep_for(std::chrono::seconds(1));
    bench.add(fixed_row(TargetId::kIdleMemory, static_cast<double>(node->resident_bytes()) / 1e6,
                        "resident, shared pages of the program included"));
  }
  const std::filesystem::path large = folder.path() / "new-0";
  ICN_TRY(add_accounts(large));
  ICN_TRY_ASSIGN(start, middle_start(bench.executable, large));
  bench.add(fixed_row(TargetId::kStartMillion, start,
                      "accounts written straight into the store's tables; " + load_average()));
  return {};
}

}  // namespace icn::bench
