#pragma once

#include "dag/group_writer.h"

// What a change does to the rows of blocks: called inside changes of the group writer, reads through any
// Reader. Errors: what storage reports, and those named.
namespace icn::dag {

using ledger::Reader;

// Where a reader finds a block's record: its own row, or that of a committed upload whose blocks have not got
// their rows yet (`with_uploads`; both reads must then come from one snapshot).
Result<std::optional<BlockMeta>> find_meta(const Reader& reader, const Cid& cid, bool with_uploads);

// How a block comes in.
struct PutOptions {
  Did author;
  TimestampSecs time = 0;
  BlockType type = BlockType::kData;
  Visibility visibility = Visibility::kPrivate;
  std::string scope;
  Did reader;  // may read it beside the author: who brought a block that has no author
  // Set: a link to a block that is neither held nor in `external` is refused (E003).
  bool are_links_checked = false;
  std::vector<Cid> external;

  BlockMeta meta(std::uint64_t size) const { return {author, time, type, visibility, scope, size}; }
};

// Makes the block visible. Returns false when it was held already: then only a more public visibility and a
// further reader are added. E003.
Result<bool> put_block(Batch& batch, const NewBlock& block, const PutOptions& options);

// The record and references of a block whose bytes are stored.
Result<bool> put_record(Batch& batch, const Cid& cid, const std::vector<Cid>& links, const BlockMeta& meta,
                        const Did& reader);
Result<void> put_bytes(Batch& batch, const Cid& cid, ByteView bytes);
Result<void> erase_bytes(Batch& batch, const Cid& cid);

// Removes a block with its record, references and readers, and returns what it linked to. Nothing happens
// when it has no record.
Result<std::vector<Cid>> erase_block(Batch& batch, const Cid& cid);

Result<bool> is_staged(const Reader& reader, const Cid& cid);
Result<bool> may_read_row(const Reader& reader, const Cid& cid, const Did& did);

}  // namespace icn::dag
