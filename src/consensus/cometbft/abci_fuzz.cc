#include "base/random.h"
#include "consensus/cometbft/abci_server.h"
#include "consensus/cometbft/application.h"
#include "ledger/toy_domain.h"
#include "storage/memory/memory_engine.h"

// Any bytes an engine's connection could carry, in two pieces, against an application with a ledger.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace icn;
  namespace toy = ledger::toy;
  static const ledger::Rules kRules = toy::rules();
  auto tables = toy::tables();
  for (const auto& table : consensus::cometbft_tables()) tables.push_back(table);
  static const ManualClock kClock;
  auto opened =
      ledger::Ledger::open(std::make_unique<storage::MemoryEngine>(), tables, kRules, toy::genesis());
  consensus::Application application(**opened, kClock, make_silent_log(), {.chain = "fuzz"},
                                     {[](const auto&) {}, [](const auto&, const auto&) {}});
  consensus::AbciSession session(application);
  std::string out;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = size == 0 ? 0 : data[0] % size;
  if (session.receive(bytes.substr(0, cut), out).ok())
    static_cast<void>(session.receive(bytes.substr(cut), out).ok());
  return 0;
}
