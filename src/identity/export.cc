#include "identity/export.h"

#include <array>

#include "codec/car.h"
#include "identity/tables.h"

namespace icn::identity {
namespace {

Result<std::vector<codec::Cid>> put_documents(const storage::Reader& state, const Did& did,
                                              const PutExport& put) {
  std::vector<codec::Cid> out;
  ICN_TRY_ASSIGN(newest, kDocuments.get(state, did));
  if (!newest) return out;
  out.push_back(put(codec::encode_block(*newest)));
  for (std::uint64_t version = newest->version; --version > 0;) {
    ICN_TRY_ASSIGN(former, kFormerVersions.get(state, {did, version}));
    if (former) out.push_back(put(codec::encode_block(*former)));
  }
  return out;
}

}  // namespace

Result<Bytes> export_did(const storage::Reader& state, DidExport root, const std::vector<ExportPart>& parts) {
  Bytes blocks;
  const PutExport put = [&blocks](const Bytes& block) {
    const codec::Cid cid = codec::Cid::of(codec::kDagCbor, block);
    codec::append_car_block(blocks, cid, block);
    return cid;
  };
  ICN_TRY_ASSIGN(documents, put_documents(state, root.did, put));
  root.documents = std::move(documents);
  for (const ExportPart& part : parts) {
    ICN_TRY_ASSIGN(cid, part.make(state, root.did, put));
    root.parts.emplace(part.name, cid);
  }
  const Bytes root_block = codec::encode_block(root);
  const std::array roots{codec::Cid::of(codec::kDagCbor, root_block)};
  Bytes out = codec::encode_car_header(roots);
  codec::append_car_block(out, roots[0], root_block);
  append(out, blocks);
  return out;
}

}  // namespace icn::identity
