#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "codec/fields.h"
#include "codec/values.h"
#include "crypto/hash.h"

// A backup is a list of entries, each a line of text and a payload. Format: docs/formats/backup.md.
namespace icn::backup {

inline constexpr std::string_view kFirstLine = "icn-backup 1\n";
inline constexpr std::uint64_t kPayloadBytesMax = std::uint64_t{1} << 30;

enum class Kind {
  kBegin,  // payload: Begin as JSON; the first
  kFile,   // `name`; payload: its content
  kChunk,  // rows of one table of the store `name`, in order of key; payload: chunk.h
  kKnown,  // a chunk that the receiver said it has: no payload
  kEnd,    // payload: End as JSON; the last
};

struct Entry {
  Kind kind = Kind::kEnd;
  std::string name;
  std::uint16_t table = 0;
  std::uint64_t rows = 0;
  std::uint64_t size = 0;  // of the payload, also of one that is known
  crypto::Hash hash{};     // SHA-256 of the payload
  Bytes payload;
  std::string problem;  // what is wrong with it; empty: it is what its line says

  static Entry of(Kind kind, std::string name, Bytes payload);
};

// Takes the entries of a backup in order. An error ends the reading.
using Take = std::function<Result<void>(Entry& entry)>;

// Without the newline.
std::string entry_line(const Entry& entry);
// None: no such line is ever written.
std::optional<Entry> parse_entry_line(std::string_view line);

// "piece 1f2e... (rows of table 40 of store ledger)": for people.
std::string describe(const Entry& entry);

// SHA-256 over the lines of the entries, each with its newline; what a known chunk would be as a chunk.
class Listing {
 public:
  void add(const Entry& entry);
  // "listing <hash>"
  std::string last_line();

 private:
  crypto::Sha256 hash_;
};

struct TableDescription {
  std::uint16_t id = 0;
  std::string name;
  static constexpr auto fields() {
    return codec::described(codec::field("id", &TableDescription::id), codec::field("name", &TableDescription::name));
  }
};

struct StoreDescription {
  std::string name;    // "ledger", "node"
  std::string engine;  // it was read from
  std::uint64_t schema = 0;
  std::vector<TableDescription> tables;
  static constexpr auto fields() {
    return codec::described(codec::field("name", &StoreDescription::name),
                      codec::field("engine", &StoreDescription::engine),
                      codec::field("schema", &StoreDescription::schema),
                      codec::field("tables", &StoreDescription::tables));
  }
};

struct Begin {
  TimestampSecs made_at = 0;
  std::string version;  // of the program
  std::string network;
  std::uint64_t height = 0;  // of the newest block
  std::string head_hash;     // hex
  std::vector<StoreDescription> stores;
  static constexpr auto fields() {
    using codec::field, codec::described;
    return described(field("made_at", &Begin::made_at), field("version", &Begin::version),
                      field("network", &Begin::network), field("height", &Begin::height),
                      field("head_hash", &Begin::head_hash), field("stores", &Begin::stores));
  }
};

struct StoreTotal {
  std::string name;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;  // of keys and records
  static constexpr auto fields() {
    return codec::described(codec::field("name", &StoreTotal::name), codec::field("rows", &StoreTotal::rows),
                      codec::field("bytes", &StoreTotal::bytes));
  }
};

struct End {
  std::vector<StoreTotal> stores;
  std::string state_hash;  // of the ledger, hex
  static constexpr auto fields() {
    return codec::described(codec::field("stores", &End::stores), codec::field("state_hash", &End::state_hash));
  }
};

// The JSON in a begin or end entry.   backup_damaged, backup_newer
template <typename T>
Result<T> read_json_entry(const Entry& entry);

}  // namespace icn::backup
