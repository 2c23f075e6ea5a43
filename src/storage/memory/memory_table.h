#pragma once

#include <boost/intrusive/set.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <string_view>

#include "base/bytes.h"

// Inside this folder only.
namespace icn::storage {

// Entries in key order, and each by its key: what is read is mostly read alone. A key lies behind its entry
// in one piece of memory, since each further piece costs a lookup one miss of the processor's caches.
// Thread: any number that read, or one that writes.
class MemoryTable {
 public:
  class Entry : public boost::intrusive::set_base_hook<> {
   public:
    // By add() alone, which has the key follow it.
    explicit Entry(std::size_t key_size) : key_size_(key_size) {}
    ByteView key() const { return {reinterpret_cast<const std::uint8_t*>(this + 1), key_size_}; }

    Bytes value;

   private:
    friend class MemoryTable;

    const std::size_t key_size_;
  };

  MemoryTable() = default;
  MemoryTable(const MemoryTable&) = delete;
  MemoryTable& operator=(const MemoryTable&) = delete;
  ~MemoryTable() { in_order_.clear_and_dispose(&destroy); }

  // Null: there is none.
  Entry* find(ByteView key) const {
    const auto found = by_key_.find(as_text(key));
    return found == by_key_.end() ? nullptr : *found;
  }
  // The first whose key is not below `key`.
  auto lower_bound(ByteView key) const { return in_order_.lower_bound(key, ByKey()); }
  // One that is not there yet.
  Entry& add(ByteView key);
  void erase(Entry& entry);

 private:
  struct ByKey {
    bool operator()(ByteView left, ByteView right) const { return as_text(left) < as_text(right); }
    bool operator()(const Entry& left, const Entry& right) const { return (*this)(left.key(), right.key()); }
    bool operator()(const Entry& left, ByteView right) const { return (*this)(left.key(), right); }
    bool operator()(ByteView left, const Entry& right) const { return (*this)(left, right.key()); }
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
    std::size_t operator()(const Entry* entry) const { return (*this)(as_text(entry->key())); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(std::string_view left, const Entry* right) const { return left == as_text(right->key()); }
    bool operator()(const Entry* left, std::string_view right) const { return (*this)(right, left); }
    bool operator()(const Entry* left, const Entry* right) const {
      return (*this)(as_text(left->key()), right);
    }
  };

  static_assert(alignof(Entry) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
  static void destroy(Entry* entry);

  boost::intrusive::set<Entry, boost::intrusive::compare<ByKey>, boost::intrusive::constant_time_size<false>>
      in_order_;
  boost::unordered_flat_set<Entry*, Hash, Equal> by_key_;
};

}  // namespace icn::storage
