#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "wasm/module_info.h"
#include "wasm/outcome.h"
#include "wasm/run_request.h"

namespace icn::wasm {

// Named in every receipt: two engines of one identity give the same results.
struct EngineIdentity {
  std::string name;           // "wasmtime"
  std::string version;        // "48.0.8"
  std::string settings_hash;  // hex SHA-256 of the settings a result can depend on
  bool operator==(const EngineIdentity&) const = default;
};

// Counts since start, and the state of the cache of compiled modules.
struct EngineStats {
  std::uint64_t compiles = 0;
  std::uint64_t compile_ns = 0;
  std::uint64_t memory_hits = 0;
  std::uint64_t disk_hits = 0;
  std::uint64_t disk_refused = 0;  // a bad tag or a file that would not load: compiled again
  std::uint64_t cached_modules = 0;
  std::uint64_t cached_bytes = 0;
};

// A compiled module. Stays usable while the engine lives, also when the cache has dropped it.
class Module {
 public:
  virtual ~Module() = default;
  virtual const ModuleInfo& info() const = 0;
};
using ModuleHandle = std::shared_ptr<const Module>;

// Compiles and runs modules. Made by wasm/wasmtime/wasmtime_engine.h; modules of one engine do not
// run in another, and all of them are released before it is. Thread: any, all calls.
class Engine {
 public:
  virtual ~Engine() = default;

  virtual EngineIdentity identity() const = 0;
  virtual EngineStats stats() const = 0;

  // Whether `wasm` is a valid module within the limits on modules. Says nothing about its imports.
  //   kModuleTooLarge, kModuleInvalid, kModuleLimit
  virtual Result<ModuleInfo> validate(ByteView wasm) const = 0;

  // The compiled module of `id` when it is in memory, else null.
  virtual ModuleHandle find(std::string_view id) = 0;

  // Compiles, or takes from the cache, the module whose content id (CID text) is `id`. The caller has
  // verified that `wasm` is the content of `id`. Many callers of one new module wait for one compile.
  //   the errors of validate
  //   kUnknownImport     the detail lists the known ones
  virtual Result<ModuleHandle> load(std::string_view id, ByteView wasm) = 0;

  // Runs a module on a fresh instance and waits for its end. A fault of the job is an outcome; an error
  // means that nothing ran.
  //   kUnknownFunction, kArguments
  virtual Result<RunOutcome> run(const ModuleHandle& module, const RunRequest& request) = 0;
};

}  // namespace icn::wasm
