#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "identity/document.h"
#include "storage/store.h"

namespace icn::identity {

// The bytes of a block that records name, for this reader; none: not here, or not for them.
using ReadExported = std::function<std::optional<Bytes>(const codec::Cid& cid, const Did& reader)>;

inline constexpr std::size_t kIncludedBytesMax = std::size_t{64} << 20;

// The blocks of an archive while it is made; each stands there once.
class ExportArchive {
 public:
  // `read` may be empty: nothing is included then.
  ExportArchive(Did reader, ReadExported read) : reader_(std::move(reader)), read_(std::move(read)) {}

  // Takes a record as a DAG-CBOR block and answers its CID.
  codec::Cid put(const Bytes& record);
  // Takes a block that a record names, as it stands. What `read` does not give, and what would be more than
  // kIncludedBytesMax, is missing(). An empty CID names nothing.
  void include(const codec::Cid& cid);

  const Bytes& blocks() const { return blocks_; }
  const std::vector<codec::Cid>& missing() const { return missing_; }

 private:
  Did reader_;
  ReadExported read_;
  Bytes blocks_;
  std::set<Bytes> known_;  // CIDs
  std::size_t included_bytes_ = 0;
  std::vector<codec::Cid> missing_;
};

// What a domain adds to the archive of a DID's data: the root of its part, a link of the archive's root.
struct ExportPart {
  std::string name;
  std::function<Result<codec::Cid>(const storage::Reader& state, const Did& did, ExportArchive& archive)>
      make;
};

// The root of the archive. Format: docs/formats/identity.md.
struct DidExport {
  Did did;
  std::uint64_t height = 0;  // the newest block it is from
  TimestampSecs exported_at = 0;
  std::vector<codec::Cid> documents;  // every version, newest first
  std::map<std::string, codec::Cid> parts;
  std::vector<codec::Cid> missing;  // blocks that records name and that the archive does not hold
  static constexpr auto fields() {
    using codec::field;
    return described(field("did", &DidExport::did), field("height", &DidExport::height),
                     field("exported_at", &DidExport::exported_at), field("documents", &DidExport::documents),
                     field("parts", &DidExport::parts), field("missing", &DidExport::missing));
  }
};

// A CARv1 with everything `state` holds of `did`, and the blocks that `read` gives; `root` has its first
// three fields.   Errors: those of the store and of the parts.
Result<Bytes> export_did(const storage::Reader& state, DidExport root, const std::vector<ExportPart>& parts,
                         ReadExported read);

}  // namespace icn::identity
