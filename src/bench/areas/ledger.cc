#include "bench/area.h"
#include "bench/postgres.h"
#include "bench/temporary_folder.h"
#include "bench/transfer_load.h"

namespace icn::bench {

Result<void> run_ledger(const Bench& bench) {
  ICN_TRY_ASSIGN(folder, TemporaryFolder::make());
  ICN_TRY_ASSIGN(node, NodeProcess::start(bench.executable, folder.path() / "node"));
  ICN_TRY_ASSIGN(transfers, TransferLoad::prepare(*node, bench.seconds));

  // The peer runs between our two rows, so that both share its conditions.
  ICN_TRY_ASSIGN(few, transfers.run(64, 0));
  const std::string few_note = transfers.note();
  const auto peer = measure_tpcb(bench.seconds);
  const std::optional<double> peer_rate = peer.ok() ? std::optional(*peer) : std::nullopt;
  const std::string peer_note = peer.ok() ? "" : "; peer not measured: " + peer.error().detail();
  bench.add(with_errors(
      peer_row(TargetId::kTransfer64, few.per_second, peer_rate, latency_note(few) + few_note + peer_note),
      few));
  ICN_TRY_ASSIGN(many, transfers.run(256, 0));
  bench.add(with_errors(peer_row(TargetId::kTransfer256, many.per_second, peer_rate,
                                 latency_note(many) + transfers.note() + peer_note),
                        many));
  ICN_TRY_ASSIGN(steady, transfers.run(64, 1'000));
  bench.add(with_errors(
      fixed_row(TargetId::kTransferP99, steady.p99_ms, latency_note(steady) + transfers.note()), steady));
  return {};
}

}  // namespace icn::bench
