#include "dag/pins.h"

#include "dag/errors.h"

namespace icn::dag {

using ledger::key_of;
using ledger::prefix_range;

Result<void> put_pin(Batch& batch, const Pin& pin) {
  ICN_TRY_ASSIGN(held, find_meta(batch.view, pin.cid, true));
  if (!held) return Error(kBlockNotFound, pin.cid.to_string() + " is not held here");
  const PinKey key{block_key(pin.cid), pin.owner};
  ICN_TRY_ASSIGN(old, kPins.contains(batch.view, key));
  if (!old) batch.delta.pins += 1;
  return kPins.put(batch.view, key, pin);
}

Result<void> erase_pin(Batch& batch, const Cid& cid, const Did& owner) {
  const PinKey key{block_key(cid), owner};
  ICN_TRY_ASSIGN(old, kPins.contains(batch.view, key));
  if (!old) return Error(kPinNotFound, owner.text() + " has no pin on " + cid.to_string());
  batch.delta.pins -= 1;
  return kPins.erase(batch.view, key);
}

Result<std::size_t> expire_pins(Batch& batch, TimestampSecs now, std::size_t count_max) {
  constexpr std::size_t kExpiryIndex = 1;
  std::vector<Pin> expired;
  ICN_TRY_ASSIGN(rows, kPins.scan(batch.view, {kExpiryIndex, {}, key_of(now + 1), false}));
  while (expired.size() < count_max) {
    ICN_TRY_ASSIGN(pin, rows.next());
    if (!pin) break;
    expired.push_back(std::move(*pin));
  }
  for (const Pin& pin : expired) ICN_TRY(erase_pin(batch, pin.cid, pin.owner));
  return expired.size();
}

Result<Pinned> pinned(const Reader& reader, const Cid& cid, TimestampSecs now) {
  ICN_TRY_ASSIGN(rows, kPins.scan(reader, prefix_range(key_of(block_key(cid)))));
  Pinned found = Pinned::kNo;
  while (true) {
    ICN_TRY_ASSIGN(pin, rows.next());
    if (!pin) return found;
    if (pin->expires_at && *pin->expires_at <= now) continue;
    if (pin->recursive) return Pinned::kRecursive;
    found = Pinned::kDirect;
  }
}

Result<PinPage> list_pins(const Reader& reader, const Did& owner, Bytes after, std::size_t limit) {
  constexpr std::size_t kOwnerIndex = 0;
  ledger::ScanRange range = prefix_range(key_of(owner), kOwnerIndex);
  if (!after.empty()) {
    range.from = std::move(after);
    range.from.push_back(0);
  }
  ICN_TRY_ASSIGN(rows, kPins.scan(reader, range));
  PinPage page;
  Bytes last;
  while (true) {
    ICN_TRY_ASSIGN(pin, rows.next());
    if (!pin) return page;
    if (page.pins.size() == limit) {
      page.next = std::move(last);
      return page;
    }
    page.pins.push_back(std::move(*pin));
    last = to_bytes(rows.index_value());
  }
}

Result<std::uint64_t> count_pins(const Reader& reader, const Did& owner) {
  ICN_TRY_ASSIGN(cursor, reader.scan(kPins.schema(), prefix_range(key_of(owner), 0)));
  std::uint64_t count = 0;
  while (true) {
    ICN_TRY_ASSIGN(more, cursor->next());
    if (!more) return count;
    ++count;
  }
}

}  // namespace icn::dag
