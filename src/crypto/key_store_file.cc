#include "crypto/key_store_file.h"

#include "codec/json.h"
#include "codec/values.h"
#include "crypto/errors.h"
#include "crypto/hash.h"

namespace icn::crypto {
namespace {

constexpr std::string_view kFormat = "icn-key-store";
constexpr std::uint32_t kVersion = 1;
constexpr std::string_view kKdf = "argon2id13";

// The file as it lies on disk. The order of the members is that of fields().
struct Document {
  std::string format{kFormat};
  std::uint32_t version = kVersion;
  std::string kdf{kKdf};
  std::uint64_t kdf_operations = 0;
  std::uint64_t kdf_memory_bytes = 0;
  codec::HexBytes salt;
  codec::HexBytes master;
  std::map<std::string, codec::HexBytes> keys;
  std::string checksum;

  static constexpr auto fields() {
    using codec::field;
    return described(
        field("format", &Document::format), field("version", &Document::version),
        field("kdf", &Document::kdf), field("kdf_operations", &Document::kdf_operations, "", {1, 100}),
        field("kdf_memory_bytes", &Document::kdf_memory_bytes, "", {8192, 4'294'967'296}),
        field("salt", &Document::salt, "", {16, 16}), field("master", &Document::master, "", {73, 73}),
        field("keys", &Document::keys), field("checksum", &Document::checksum, "", {64, 64}));
  }
};

// SHA-256 of the canonical JSON with an empty checksum. Tells damage from a wrong passphrase; what
// protects against an attacker is that all secrets are sealed.
std::string checksum_of(Document document) {
  document.checksum.clear();
  return hex_encode(sha256(as_bytes(codec::canonical_json(codec::to_json(document)))));
}

Error damaged(const std::string& why) { return Error(errors::kDamaged, "the key store is damaged: " + why); }

}  // namespace

Bytes KeyStoreFile::master_context() const {
  Bytes out = to_bytes(as_bytes("icn:key-store:v1:master"));
  append_u64(out, cost.operations);
  append_u64(out, cost.memory_bytes);
  append(out, salt);
  return out;
}

std::string write_key_store(const KeyStoreFile& file) {
  Document document;
  document.kdf_operations = file.cost.operations;
  document.kdf_memory_bytes = file.cost.memory_bytes;
  document.salt = {file.salt};
  document.master = {file.sealed_master};
  for (const auto& [name, sealed] : file.sealed_seeds) document.keys.emplace(name, codec::HexBytes{sealed});
  document.checksum = checksum_of(document);
  return codec::write_json_pretty(codec::to_json(document)) + "\n";
}

Result<KeyStoreFile> read_key_store(std::string_view text) {
  const auto json = codec::parse_json(text);
  if (!json) return damaged(json.error().detail());
  const codec::Json* format = json->find("format");
  if (format == nullptr || format->string() == nullptr || *format->string() != kFormat) {
    return damaged("it is no key store");
  }
  const codec::Json* version = json->find("version");
  if (version != nullptr && version->number() != nullptr && version->number()->text != "1") {
    return damaged("its version is " + version->number()->text + "; this program reads version 1");
  }
  const auto document = codec::from_json<Document>(*json);
  if (!document) return damaged(document.error().detail());
  if (document->kdf != kKdf) return damaged("its key derivation is " + document->kdf);
  if (document->checksum != checksum_of(*document)) return damaged("its checksum is wrong");
  KeyStoreFile file{{document->kdf_operations, document->kdf_memory_bytes},
                    document->salt.bytes,
                    document->master.bytes,
                    {}};
  for (const auto& [name, sealed] : document->keys) file.sealed_seeds.emplace(name, sealed.bytes);
  return file;
}

}  // namespace icn::crypto
