#include "node/metered_store.h"

namespace icn::node {
namespace {

using storage::Durability;
using storage::TableSchema;
using telemetry::Histogram;
using telemetry::Metric;

constexpr std::uint32_t kGetsPerMeasure = 16;

struct Times {
  Times(const std::string& backend, const Clock& given_clock, telemetry::Metrics& metrics)
      : clock(given_clock),
        get(metrics.histogram(Metric::storage_op, {backend, "get"})),
        scan(metrics.histogram(Metric::storage_op, {backend, "scan"})),
        write(metrics.histogram(Metric::storage_op, {backend, "write"})),
        write_synced(metrics.histogram(Metric::storage_op, {backend, "write_synced"})),
        flush(metrics.histogram(Metric::storage_op, {backend, "flush"})) {}

  template <typename Operation>
  auto measure(Histogram& histogram, const Operation& operation) const {
    const std::uint64_t begun_ns = clock.monotonic_ns();
    auto result = operation();
    histogram.observe_ns(clock.monotonic_ns() - begun_ns);
    return result;
  }

  const Clock& clock;
  Histogram& get;
  Histogram& scan;
  Histogram& write;
  Histogram& write_synced;
  Histogram& flush;
};

// `Base` is Reader or Store.
template <typename Base>
class Metered : public Base {
 public:
  Metered(std::unique_ptr<Base> inner, const Times& times) : inner_(std::move(inner)), times_(times) {}

  Result<std::optional<Bytes>> get(const TableSchema& table, ByteView key) const override {
    thread_local std::uint32_t gets = 0;
    if (++gets % kGetsPerMeasure != 0) return inner_->get(table, key);
    return times_.measure(times_.get, [&] { return inner_->get(table, key); });
  }
  Result<std::vector<std::optional<Bytes>>> get_several(const TableSchema& table,
                                                        const std::vector<ByteView>& keys) const override {
    return inner_->get_several(table, keys);
  }
  Result<std::unique_ptr<storage::Cursor>> scan(const TableSchema& table,
                                                const storage::ScanRange& range) const override {
    return times_.measure(times_.scan, [&] { return inner_->scan(table, range); });
  }

 protected:
  std::unique_ptr<Base> inner_;
  const Times& times_;
};

class MeteredStore final : public Metered<storage::Store> {
 public:
  using Metered::Metered;

  Result<void> write(const std::vector<storage::Row>& rows, Durability durability) override {
    Histogram& histogram = durability == Durability::kSynced ? times_.write_synced : times_.write;
    return times_.measure(histogram, [&] { return inner_->write(rows, durability); });
  }
  std::unique_ptr<storage::Reader> snapshot() const override {
    return std::make_unique<Metered<storage::Reader>>(inner_->snapshot(), times_);
  }
  Result<void> flush() override {
    return times_.measure(times_.flush, [&] { return inner_->flush(); });
  }
  storage::StoreStats stats() const override { return inner_->stats(); }
};

class MeteredEngine final : public storage::Engine {
 public:
  MeteredEngine(std::unique_ptr<storage::Engine> engine, const std::string& backend, const Clock& clock,
                telemetry::Metrics& metrics)
      : engine_(std::move(engine)), times_(backend, clock, metrics) {}

  Result<std::unique_ptr<storage::Store>> open(const std::vector<TableSchema>& tables) override {
    ICN_TRY_ASSIGN(opened, engine_->open(tables));
    return std::unique_ptr<storage::Store>(std::make_unique<MeteredStore>(std::move(opened), times_));
  }

 private:
  std::unique_ptr<storage::Engine> engine_;
  const Times times_;
};

}  // namespace

std::unique_ptr<storage::Engine> metered(std::unique_ptr<storage::Engine> engine, const std::string& backend,
                                         const Clock& clock, telemetry::Metrics& metrics) {
  return std::make_unique<MeteredEngine>(std::move(engine), backend, clock, metrics);
}

}  // namespace icn::node
