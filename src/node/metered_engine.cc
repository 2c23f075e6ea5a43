#include "node/metered_engine.h"

namespace icn::node {
namespace {

using telemetry::Metric;

class MeteredEngine final : public wasm::Engine {
 public:
  MeteredEngine(std::unique_ptr<wasm::Engine> engine, telemetry::Metrics& metrics)
      : engine_(std::move(engine)),
        metrics_(metrics),
        hits_(metrics.counter(Metric::wasm_cache_hits)),
        compile_(metrics.histogram(Metric::wasm_compile)),
        fuel_(metrics.counter(Metric::wasm_fuel_used)),
        memory_denied_(metrics.counter(Metric::wasm_memory_denied)) {}

  wasm::EngineIdentity identity() const override { return engine_->identity(); }
  wasm::EngineStats stats() const override { return engine_->stats(); }
  Result<wasm::ModuleInfo> validate(ByteView wasm) const override { return engine_->validate(wasm); }

  wasm::ModuleHandle find(std::string_view id) override {
    wasm::ModuleHandle found = engine_->find(id);
    if (found) hits_.add();
    return found;
  }

  Result<wasm::ModuleHandle> load(std::string_view id, ByteView wasm) override {
    const wasm::EngineStats before = engine_->stats();
    auto loaded = engine_->load(id, wasm);
    const wasm::EngineStats after = engine_->stats();
    // Of two that compile at once either may show the time of both: their sum is right.
    if (after.compiles > before.compiles)
      compile_.observe_ns(after.compile_ns - before.compile_ns);
    else if (loaded.ok())
      hits_.add();
    return loaded;
  }

  Result<wasm::RunOutcome> run(const wasm::ModuleHandle& module, const wasm::RunRequest& request) override {
    auto outcome = engine_->run(module, request);
    if (!outcome.ok()) return outcome;
    fuel_.add(outcome->fuel_used);
    if (outcome->trap) {
      metrics_.counter(Metric::wasm_traps, {wasm::trap_code_name(outcome->trap->code)}).add();
      if (outcome->trap->code == wasm::TrapCode::kMemory) memory_denied_.add();
    }
    return outcome;
  }

 private:
  std::unique_ptr<wasm::Engine> engine_;
  telemetry::Metrics& metrics_;
  telemetry::Counter& hits_;
  telemetry::Histogram& compile_;
  telemetry::Counter& fuel_;
  telemetry::Counter& memory_denied_;
};

}  // namespace

std::unique_ptr<wasm::Engine> metered(std::unique_ptr<wasm::Engine> engine, telemetry::Metrics& metrics) {
  return std::make_unique<MeteredEngine>(std::move(engine), metrics);
}

wasm::HostRegistry metered(const wasm::HostRegistry& functions, telemetry::Metrics& metrics) {
  wasm::HostRegistry out;
  for (wasm::HostFunction each : functions.functions()) {
    telemetry::Counter& calls = metrics.counter(Metric::host_calls, {each.name});
    each.handler = [&calls, inner = std::move(each.handler)](wasm::HostCall& call) {
      calls.add();
      return inner(call);
    };
    out.add(std::move(each));
  }
  return out;
}

}  // namespace icn::node
