#pragma once

#include <functional>
#include <map>
#include <string>

#include "identity/document.h"
#include "storage/store.h"

namespace icn::identity {

// Takes a record as a DAG-CBOR block of the archive and answers its CID.
using PutExport = std::function<codec::Cid(Bytes block)>;

// What a domain adds to the archive of a DID's data: the root of its part, a link of the archive's root.
struct ExportPart {
  std::string name;
  std::function<Result<codec::Cid>(const storage::Reader& state, const Did& did, const PutExport& put)> make;
};

// The root of the archive. Format: docs/formats/identity.md.
struct DidExport {
  Did did;
  std::uint64_t height = 0;  // the newest block it is from
  TimestampSecs exported_at = 0;
  std::vector<codec::Cid> documents;  // every version, newest first
  std::map<std::string, codec::Cid> parts;
  static constexpr auto fields() {
    using codec::field;
    return described(field("did", &DidExport::did), field("height", &DidExport::height),
                     field("exported_at", &DidExport::exported_at), field("documents", &DidExport::documents),
                     field("parts", &DidExport::parts));
  }
};

// A CARv1 with everything `state` holds of `did`; `root` has its first three fields.
// Errors: those of the store and of the parts.
Result<Bytes> export_did(const storage::Reader& state, DidExport root, const std::vector<ExportPart>& parts);

}  // namespace icn::identity
