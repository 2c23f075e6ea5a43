#include "wasm/wasmtime/module_cache.h"

#include <exception>

#include "wasm/errors.h"

namespace icn::wasm {
namespace {

// Whatever happens, those who wait get an answer.
Result<ModuleCache::Made> make_safely(const std::function<Result<ModuleCache::Made>()>& make) {
  try {
    return make();
  } catch (const std::exception& failure) {
    return Error(errors::kEngine, failure.what());
  }
}

}  // namespace

ModuleHandle ModuleCache::find_locked(std::string_view id) {
  const auto found = index_.find(id);
  if (found == index_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  ++hits_;
  return found->second->made.module;
}

ModuleHandle ModuleCache::find(std::string_view id) {
  const std::lock_guard lock(mutex_);
  return find_locked(id);
}

Result<ModuleHandle> ModuleCache::get(std::string_view id, const std::function<Result<Made>()>& make) {
  std::unique_lock lock(mutex_);
  if (ModuleHandle module = find_locked(id)) return module;
  if (const auto found = pending_.find(id); found != pending_.end()) {
    const std::shared_ptr<Pending> pending = found->second;
    made_.wait(lock, [&] { return pending->done; });
    return *pending->result;
  }
  const auto pending = std::make_shared<Pending>();
  pending_.emplace(id, pending);
  lock.unlock();
  Result<Made> made = make_safely(make);
  lock.lock();
  if (made.ok()) {
    keep_locked(id, *made);
    pending->result.emplace(made->module);
  } else {
    pending->result.emplace(made.error());
  }
  pending->done = true;
  pending_.erase(pending_.find(id));
  made_.notify_all();
  return *pending->result;
}

void ModuleCache::keep_locked(std::string_view id, const Made& made) {
  entries_.push_front({std::string(id), made});
  index_.emplace(id, entries_.begin());
  bytes_ += made.bytes;
  while (bytes_ > bytes_max_ && entries_.size() > 1) {
    bytes_ -= entries_.back().made.bytes;
    index_.erase(index_.find(entries_.back().id));
    entries_.pop_back();
  }
}

ModuleCache::Size ModuleCache::size() const {
  const std::lock_guard lock(mutex_);
  return {entries_.size(), bytes_, hits_};
}

}  // namespace icn::wasm
