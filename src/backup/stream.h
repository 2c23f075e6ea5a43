#pragma once

#include "backup/entry.h"

// A backup as one stream of bytes: the first line, then each entry's line and payload, then its listing.
// Who makes it and meets an error on the way ends it with "failed <what>".
namespace icn::backup {

class StreamWriter {
 public:
  // What comes before the first entry, an entry, and what comes after the last one.
  std::string begin() const { return std::string(kFirstLine); }
  // Moves the payload behind its line.
  std::string add(Entry& entry);
  std::string end();
  static std::string failed(const std::string& what);

 private:
  Listing listing_;
};

// Reads a stream as its bytes come. Holds one entry. A payload that is not what its line says is given on
// with a `problem`; what cannot be read as a stream at all is an error. Thread: one at a time.
//   backup_damaged, backup_newer, what `take` says
class StreamReader {
 public:
  explicit StreamReader(Take take) : take_(std::move(take)) {}
  Result<void> feed(ByteView bytes);
  // After the last byte: the stream must be complete.
  Result<void> finish() const;
  bool is_complete() const { return is_complete_; }

 private:
  Result<void> take_line(std::string_view line);
  Result<void> take_payload();

  Take take_;
  Listing listing_;
  std::string line_;             // the part of one that has come
  std::optional<Entry> entry_;   // whose payload is coming
  bool has_begun_ = false;
  bool is_complete_ = false;
};

// Says what is wrong with a payload; empty: nothing.
std::string payload_problem(const Entry& entry);

}  // namespace icn::backup
