#include "identity/export.h"

#include <array>

#include "codec/car.h"
#include "identity/tables.h"

namespace icn::identity {
namespace {

Result<std::vector<codec::Cid>> put_documents(const storage::Reader& state, const Did& did,
                                              ExportArchive& archive) {
  std::vector<codec::Cid> out;
  ICN_TRY_ASSIGN(newest, kDocuments.get(state, did));
  if (!newest) return out;
  out.push_back(archive.put(codec::encode_block(*newest)));
  for (std::uint64_t version = newest->version; --version > 0;) {
    ICN_TRY_ASSIGN(former, kFormerVersions.get(state, {did, version}));
    if (former) out.push_back(archive.put(codec::encode_block(*former)));
  }
  return out;
}

}  // namespace

codec::Cid ExportArchive::put(const Bytes& record) {
  const codec::Cid cid = codec::Cid::of(codec::kDagCbor, record);
  if (known_.insert(to_bytes(cid.bytes())).second) codec::append_car_block(blocks_, cid, record);
  return cid;
}

void ExportArchive::include(const codec::Cid& cid) {
  if (cid.empty() || !known_.insert(to_bytes(cid.bytes())).second) return;
  const auto bytes = read_ ? read_(cid, reader_) : std::nullopt;
  if (!bytes || included_bytes_ + bytes->size() > kIncludedBytesMax) return missing_.push_back(cid);
  included_bytes_ += bytes->size();
  codec::append_car_block(blocks_, cid, *bytes);
}

Result<Bytes> export_did(const storage::Reader& state, DidExport root, const std::vector<ExportPart>& parts,
                         ReadExported read) {
  ExportArchive archive(root.did, std::move(read));
  ICN_TRY_ASSIGN(documents, put_documents(state, root.did, archive));
  root.documents = std::move(documents);
  for (const ExportPart& part : parts) {
    ICN_TRY_ASSIGN(cid, part.make(state, root.did, archive));
    root.parts.emplace(part.name, cid);
  }
  root.missing = archive.missing();
  const Bytes root_block = codec::encode_block(root);
  const std::array roots{codec::Cid::of(codec::kDagCbor, root_block)};
  Bytes out = codec::encode_car_header(roots);
  codec::append_car_block(out, roots[0], root_block);
  append(out, archive.blocks());
  return out;
}

}  // namespace icn::identity
