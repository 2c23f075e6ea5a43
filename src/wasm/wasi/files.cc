#include "wasm/wasi/files.h"

#include <algorithm>

namespace icn::wasm::wasi {

// At the first use: a run that uses no files pays nothing for them.
void Files::open_standard() {
  if (!open_.empty()) return;
  open_ = {Descriptor{Kind::kInput}, Descriptor{Kind::kOutput}, Descriptor{Kind::kLog},
           Descriptor{Kind::kRoot}};
}

Descriptor* Files::find(std::uint32_t descriptor) {
  open_standard();
  if (descriptor >= open_.size() || !open_[descriptor]) return nullptr;
  return &*open_[descriptor];
}

std::optional<std::uint32_t> Files::open(Descriptor descriptor) {
  open_standard();
  auto free = std::ranges::find_if(open_, [](const auto& slot) { return !slot.has_value(); });
  if (free == open_.end()) {
    if (open_.size() >= kDescriptorsMax) return std::nullopt;
    free = open_.insert(open_.end(), std::nullopt);
  }
  *free = descriptor;
  return static_cast<std::uint32_t>(free - open_.begin());
}

bool Files::close(std::uint32_t descriptor) {
  if (find(descriptor) == nullptr) return false;
  open_[descriptor].reset();
  return true;
}

}  // namespace icn::wasm::wasi
