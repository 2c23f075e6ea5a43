#include "storage/sled/former_entries.h"

#include <algorithm>
#include <limits>

#include "base/assert.h"
#include "storage/errors.h"
#include "storage/sled/sled_tree.h"

namespace icn::storage {
namespace {

const Bytes kFirstPart{0xFF, 0xFF, 0xFF, 1};
const Bytes kBehindParts{0xFF, 0xFF, 0xFF, 2};
constexpr std::size_t kPartSizeMax = 32 << 10;
constexpr std::size_t kNumberSize = sizeof(std::uint32_t);

Bytes part_key(std::uint32_t number) {
  Bytes key = kFirstPart;
  append_u32(key, number);
  return key;
}

void append_sized(Bytes& out, ByteView bytes) {
  append_u32(out, static_cast<std::uint32_t>(bytes.size()));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

// None: it ends too early.
std::optional<Bytes> take_sized(ByteView& rest) {
  if (rest.size() < kNumberSize) return std::nullopt;
  const std::size_t size = read_u32(rest.first(kNumberSize));
  rest = rest.subspan(kNumberSize);
  if (rest.size() < size) return std::nullopt;
  Bytes out = to_bytes(rest.first(size));
  rest = rest.subspan(size);
  return out;
}

Result<std::vector<Entry>> parts_of(const SledTree& tree) {
  ICN_TRY_ASSIGN(found,
                 tree.read(kFirstPart, kBehindParts, false, std::numeric_limits<std::uint32_t>::max()));
  return std::move(found.entries);
}

Error damaged() { return Error(kCorrupt, "sled: the note of an unfinished batch is damaged"); }

}  // namespace

void FormerEntries::add(Bytes key, std::optional<Bytes> value) {
  size_bytes_ += key.size() + (value ? value->size() : 0);
  entries_.emplace_back(std::move(key), std::move(value));
}

Result<FormerEntries> FormerEntries::read(const OrderedBytes& entries, const std::vector<Change>& changes) {
  FormerEntries out;
  out.entries_.reserve(changes.size());
  for (const Change& change : changes) {
    if (!out.entries_.empty() && out.entries_.back().first == change.key) continue;
    ICN_TRY_ASSIGN(value, entries.get(change.key));
    out.add(change.key, std::move(value));
  }
  return out;
}

const std::optional<Bytes>& FormerEntries::at(ByteView key) const {
  const auto found =
      std::lower_bound(entries_.begin(), entries_.end(), key, [](const Held& held, ByteView wanted) {
        return std::ranges::lexicographical_compare(held.first, wanted);
      });
  ICN_ASSERT(found != entries_.end() && std::ranges::equal(found->first, key));
  return found->second;
}

std::vector<Change> FormerEntries::changes() const {
  std::vector<Change> out;
  out.reserve(entries_.size());
  for (const auto& [key, value] : entries_)
    out.push_back({key, value ? std::optional<ByteView>(*value) : std::nullopt});
  return out;
}

Result<std::uint32_t> FormerEntries::note(SledTree& tree) const {
  Bytes all;
  all.reserve(size_bytes_ + 9 * entries_.size());
  for (const auto& [key, value] : entries_) {
    append_sized(all, key);
    all.push_back(value ? 1 : 0);
    if (value) append_sized(all, *value);
  }
  const auto count = static_cast<std::uint32_t>((all.size() + kPartSizeMax - 1) / kPartSizeMax);
  for (std::uint32_t number = 0; number < count; ++number) {
    Bytes part;
    append_u32(part, count);
    const ByteView rest = ByteView(all).subspan(number * kPartSizeMax);
    const ByteView mine = rest.first(std::min(rest.size(), kPartSizeMax));
    part.insert(part.end(), mine.begin(), mine.end());
    ICN_TRY(tree.apply({{part_key(number), part}}));
  }
  return count;
}

// From the first part on: without that one it is none.
Result<void> FormerEntries::drop(SledTree& tree, std::uint32_t parts) {
  for (std::uint32_t number = 0; number < parts; ++number)
    ICN_TRY(tree.apply({{part_key(number), std::nullopt}}));
  return {};
}

Result<void> FormerEntries::drop_all(SledTree& tree) {
  ICN_TRY_ASSIGN(parts, parts_of(tree));
  for (Entry& part : parts) ICN_TRY(tree.apply({{std::move(part.key), std::nullopt}}));
  return {};
}

Result<std::optional<FormerEntries>> FormerEntries::noted(const SledTree& tree) {
  ICN_TRY_ASSIGN(parts, parts_of(tree));
  Bytes all;
  for (std::uint32_t number = 0; number < parts.size(); ++number) {
    const Entry& part = parts[number];
    if (part.value.size() < kNumberSize) return damaged();
    const std::uint32_t count = read_u32(ByteView(part.value).first(kNumberSize));
    if (count != parts.size() || part.key != part_key(number)) return std::optional<FormerEntries>();
    all.insert(all.end(), part.value.begin() + kNumberSize, part.value.end());
  }
  if (parts.empty()) return std::optional<FormerEntries>();
  FormerEntries out;
  ByteView rest = all;
  while (!rest.empty()) {
    std::optional<Bytes> key = take_sized(rest);
    if (!key || rest.empty()) return damaged();
    const bool is_there = rest[0] != 0;
    rest = rest.subspan(1);
    std::optional<Bytes> value;
    if (is_there && !(value = take_sized(rest))) return damaged();
    out.add(std::move(*key), std::move(value));
  }
  return std::optional(std::move(out));
}

}  // namespace icn::storage
