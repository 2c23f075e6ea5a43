#pragma once

#include "codec/records.h"
#include "storage/tables.h"

// Every described struct can be the record of a table.
template <icn::codec::Described Record>
struct icn::storage::RecordCodec<Record> {
  static Bytes encode(const Record& record) { return icn::codec::encode_record(record); }
  static Result<Record> decode(ByteView bytes) {
    auto record = icn::codec::decode_record<Record>(bytes);
    if (!record.ok()) return Error(kCorrupt, record.error().detail());
    return record;
  }
};

namespace icn::ledger {

using storage::Descending;
using storage::Index;
using storage::key_of;
using storage::prefix_range;
using storage::Reader;
using storage::RecordSpace;
using storage::ScanRange;
using storage::Table;

}  // namespace icn::ledger
