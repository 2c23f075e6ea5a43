#include "storage/memory/memory_table.h"

#include <memory>

namespace icn::storage {

MemoryTable::Entry& MemoryTable::add(ByteView key) {
  std::uint8_t* const memory = std::allocator<std::uint8_t>().allocate(sizeof(Entry) + key.size());
  std::uninitialized_copy(key.begin(), key.end(), memory + sizeof(Entry));
  Entry* const entry = std::construct_at(reinterpret_cast<Entry*>(memory), key.size());
  in_order_.insert(*entry);
  by_key_.insert(entry);
  return *entry;
}

void MemoryTable::erase(Entry& entry) {
  by_key_.erase(&entry);
  in_order_.erase_and_dispose(in_order_.iterator_to(entry), &destroy);
}

void MemoryTable::destroy(Entry* entry) {
  const std::size_t bytes = sizeof(Entry) + entry->key_size_;
  std::destroy_at(entry);
  std::allocator<std::uint8_t>().deallocate(reinterpret_cast<std::uint8_t*>(entry), bytes);
}

}  // namespace icn::storage
