#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "wasm/engine.h"

namespace icn::wasm {

// Modules in memory, bounded by bytes: the one not used for longest goes first. Whoever asks for a
// module that is being made waits for it, so it is made once; a failure is told to all who waited and
// not kept. Thread: any.
class ModuleCache {
 public:
  struct Made {
    ModuleHandle module;
    std::uint64_t bytes = 0;
  };

  explicit ModuleCache(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}

  ModuleHandle find(std::string_view id);
  Result<ModuleHandle> get(std::string_view id, const std::function<Result<Made>()>& make);

  struct Size {
    std::uint64_t modules = 0;
    std::uint64_t bytes = 0;
    std::uint64_t hits = 0;
  };
  Size size() const;

 private:
  struct Entry {
    std::string id;
    Made made;
  };
  struct Pending {
    bool done = false;
    std::optional<Result<ModuleHandle>> result;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view id) const { return std::hash<std::string_view>{}(id); }
  };

  ModuleHandle find_locked(std::string_view id);
  void keep_locked(std::string_view id, const Made& made);

  const std::uint64_t bytes_max_;
  mutable std::mutex mutex_;
  std::condition_variable made_;
  std::list<Entry> entries_;  // the newest used first
  std::unordered_map<std::string, std::list<Entry>::iterator, Hash, std::equal_to<>> index_;
  std::unordered_map<std::string, std::shared_ptr<Pending>, Hash, std::equal_to<>> pending_;
  std::uint64_t bytes_ = 0;
  std::uint64_t hits_ = 0;
};

}  // namespace icn::wasm
