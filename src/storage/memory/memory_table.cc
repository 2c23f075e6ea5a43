#include "storage/memory/memory_table.h"

#include <memory>
#include <new>

namespace icn::storage {

MemoryTable::Entry& MemoryTable::add(ByteView key) {
  auto* const memory = static_cast<std::uint8_t*>(::operator new(sizeof(Entry) + key.size()));
  std::uninitialized_copy(key.begin(), key.end(), memory + sizeof(Entry));
  auto* const entry = new (memory) Entry(key.size());
  in_order_.insert(*entry);
  by_key_.insert(entry);
  return *entry;
}

void MemoryTable::erase(Entry& entry) {
  by_key_.erase(&entry);
  in_order_.erase_and_dispose(in_order_.iterator_to(entry), &destroy);
}

void MemoryTable::destroy(Entry* entry) {
  entry->~Entry();
  ::operator delete(entry);
}

}  // namespace icn::storage
