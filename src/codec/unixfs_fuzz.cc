#include <cstdlib>

#include "codec/dag_pb.h"
#include "codec/errors.h"
#include "codec/unixfs_file.h"

namespace {

using namespace icn;

// Reads at most a mebibyte of the file that `block` claims to be; only identity CIDs load.
void read_file(const Bytes& block) {
  const codec::Cid root = codec::Cid::of(codec::kDagPb, block);
  const auto load = [&](const codec::Cid& cid) -> Result<Bytes> {
    if (cid == root) return block;
    return Error(errors::kNotFound);
  };
  Result<codec::FileReader> reader = codec::FileReader::open(root, load);
  if (!reader.ok()) return;
  reader->select(1, 1 << 20);
  std::size_t total = 0;
  while (true) {
    const Result<std::optional<Bytes>> piece = reader->next();
    if (!piece.ok() || !*piece) break;
    if ((*piece)->empty()) std::abort();
    total += (*piece)->size();
  }
  if (total > (1 << 20)) std::abort();
}

}  // namespace

// A node that decodes must encode to one stable form; nothing it claims may hang or crash the reader.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes block(data, data + size);
  const Result<codec::PbNode> node = codec::decode_dag_pb(block);
  if (!node.ok()) {
    if (codec::decode_unixfs(codec::kDagPb, block).ok()) std::abort();
    return 0;
  }
  const Bytes encoded = codec::encode_dag_pb(*node);
  if (encoded.size() != block.size()) std::abort();
  if (codec::encode_dag_pb(codec::decode_dag_pb(encoded).value()) != encoded) std::abort();
  read_file(block);
  return 0;
}
