#include "wasm/wasmtime/wasmtime_engine.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <set>

#include <sodium.h>

#include "wasm/errors.h"
#include "wasm/module_check.h"
#include "wasm/wasmtime/compile_apart.h"
#include "wasm/wasmtime/config.h"
#include "wasm/wasmtime/disk_cache.h"
#include "wasm/wasmtime/handles.h"
#include "wasm/wasmtime/module_cache.h"
#include "wasm/wasmtime/run.h"
#include "wasm/wasmtime/ticker.h"

namespace icn::wasm {
namespace {

constexpr std::size_t kCostlyMax = 1024;        // modules remembered
constexpr std::size_t kCompiledHereMax = 1024;  // the worst of this size takes some 100 MB; of 2 KB 700

class WasmtimeEngine final : public Engine {
 public:
  WasmtimeEngine(HostRegistry functions, WasmtimeOptions options, EngineHandle engine,
                 std::optional<DiskCache> disk)
      : functions_(std::move(functions)),
        options_(std::move(options)),
        engine_(std::move(engine)),
        linker_(wasmtime_linker_new(engine_.get())),
        disk_(std::move(disk)),
        cache_(options_.cache_memory_bytes),
        ticker_([raw = engine_.get()] { wasmtime_engine_increment_epoch(raw); }) {}

  Result<void> link() {
    for (const HostFunction& function : functions_.functions()) {
      ICN_TRY(link_host_function(linker_.get(), function));
    }
    return {};
  }

  EngineIdentity identity() const override { return engine_identity(); }

  EngineStats stats() const override {
    const ModuleCache::Size size = cache_.size();
    return {compiles_.load(),     compile_ns_.load(), size.hits, disk_hits_.load(),
            disk_refused_.load(), size.modules,       size.bytes};
  }

  Result<ModuleInfo> validate(ByteView wasm) const override {
    ICN_TRY_ASSIGN(info, check_module(wasm, options_.module_limits));
    const ErrorHandle error(wasmtime_module_validate(engine_.get(), wasm.data(), wasm.size()));
    if (error) return Error(errors::kModuleInvalid, message_of(error.get()));
    return std::move(info);
  }

  ModuleHandle find(std::string_view id) override { return cache_.find(id); }

  Result<ModuleHandle> load(std::string_view id, ByteView wasm) override {
    {
      const std::lock_guard lock(costly_mutex_);
      if (costly_.contains(id)) return Error(errors::kCompileLimit);
    }
    auto module = cache_.get(id, [&] { return make(id, wasm); });
    if (!module.ok() && module.error().is(errors::kCompileLimit)) {
      const std::lock_guard lock(costly_mutex_);
      if (costly_.size() >= kCostlyMax) costly_.clear();
      costly_.emplace(id);
    }
    return module;
  }

  Result<RunOutcome> run(const ModuleHandle& module, const RunRequest& request) override {
    ticker_.enter();
    auto outcome = run_module(engine_.get(), static_cast<const WasmtimeModule&>(*module), request,
                              options_.module_limits);
    ticker_.leave();
    return outcome;
  }

 private:
  Result<ModuleCache::Made> make(std::string_view id, ByteView wasm) {
    ICN_TRY_ASSIGN(info, check_module(wasm, options_.module_limits));
    ICN_TRY(functions_.check_imports(info));
    RawModuleHandle raw = from_disk(id, wasm);
    if (!raw) {
      ICN_TRY_ASSIGN(compiled, compile(wasm));
      raw = std::move(compiled);
      to_disk(id, wasm, raw.get());
    }
    void* begin = nullptr;
    void* end = nullptr;
    wasmtime_module_image_range(raw.get(), &begin, &end);
    const auto code_bytes = static_cast<std::uint64_t>(static_cast<char*>(end) - static_cast<char*>(begin));
    wasmtime_instance_pre_t* pre = nullptr;
    const ErrorHandle error(wasmtime_linker_instantiate_pre(linker_.get(), raw.get(), &pre));
    if (error) return Error(errors::kUnknownImport, message_of(error.get()));
    const std::uint64_t bytes =
        code_bytes + wasm.size();  // what info and links take is within the module's size
    return ModuleCache::Made{
        std::make_shared<WasmtimeModule>(std::move(info), std::move(raw), PreHandle(pre)), bytes};
  }

  Result<RawModuleHandle> compile(ByteView wasm) {
    const auto start = std::chrono::steady_clock::now();
    wasmtime_module_t* raw = nullptr;
    if (options_.compiler.empty() || wasm.size() <= kCompiledHereMax) {
      const ErrorHandle error(wasmtime_module_new(engine_.get(), wasm.data(), wasm.size(), &raw));
      if (error) return Error(errors::kModuleInvalid, message_of(error.get()));
    } else {
      ICN_TRY_ASSIGN(code, compile_apart(options_.compiler, wasm));
      const ErrorHandle error(wasmtime_module_deserialize(engine_.get(), code.data(), code.size(), &raw));
      if (error) return Error(errors::kEngine, message_of(error.get()));
    }
    const auto took = std::chrono::steady_clock::now() - start;
    compiles_.fetch_add(1);
    compile_ns_.fetch_add(
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(took).count()));
    return RawModuleHandle(raw);
  }

  RawModuleHandle from_disk(std::string_view id, ByteView wasm) {
    if (!disk_) return nullptr;
    DiskCache::Miss miss = DiskCache::Miss::kAbsent;
    const auto code = disk_->load(id, wasm, miss);
    wasmtime_module_t* raw = nullptr;
    if (code) {
      const ErrorHandle error(wasmtime_module_deserialize(engine_.get(), code->data(), code->size(), &raw));
      if (error) miss = DiskCache::Miss::kRefused;
    }
    if (raw != nullptr) {
      disk_hits_.fetch_add(1);
    } else if (miss == DiskCache::Miss::kRefused) {
      disk_refused_.fetch_add(1);
      disk_->remove(id);
    }
    return RawModuleHandle(raw);
  }

  void to_disk(std::string_view id, ByteView wasm, const wasmtime_module_t* raw) {
    if (!disk_) return;
    ByteVector code;
    const ErrorHandle error(wasmtime_module_serialize(raw, &code.raw));
    if (error) return;
    disk_->store(id, wasm, {reinterpret_cast<const std::uint8_t*>(code.raw.data), code.raw.size});
  }

  const HostRegistry functions_;
  const WasmtimeOptions options_;
  EngineHandle engine_;
  LinkerHandle linker_;
  std::optional<DiskCache> disk_;
  ModuleCache cache_;
  std::mutex costly_mutex_;
  std::set<std::string, std::less<>> costly_;  // ids of what could not be compiled within the limits
  std::atomic<std::uint64_t> compiles_{0};
  std::atomic<std::uint64_t> compile_ns_{0};
  std::atomic<std::uint64_t> disk_hits_{0};
  std::atomic<std::uint64_t> disk_refused_{0};
  Ticker ticker_;  // last: stops before the engine goes
};

}  // namespace

Result<std::unique_ptr<Engine>> make_wasmtime_engine(HostRegistry functions, WasmtimeOptions options) {
  if (::sodium_init() < 0) return Error(errors::kEngine, "libsodium could not be started");
  ICN_TRY_ASSIGN(raw, make_engine(options));
  std::optional<DiskCache> disk;
  if (!options.cache_folder.empty()) {
    ICN_TRY_ASSIGN(opened, DiskCache::open(options.cache_folder, options.cache_secret, code_settings()));
    disk = std::move(opened);
  }
  auto engine = std::make_unique<WasmtimeEngine>(std::move(functions), std::move(options), std::move(raw),
                                                 std::move(disk));
  ICN_TRY(engine->link());
  return std::unique_ptr<Engine>(std::move(engine));
}

}  // namespace icn::wasm
