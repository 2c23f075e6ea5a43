#include "backup/entry.h"

#include <array>
#include <charconv>

#include "backup/errors.h"
#include "codec/json.h"

namespace icn::backup {
namespace {

constexpr std::size_t kWordsMax = 6;

// Of a store or a file: what may stand in a line and be the name of a file.
bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 64 || text.front() == '.') return false;
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") == std::string_view::npos;
}

template <typename Number>
bool parse_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && (text.size() == 1 || text[0] != '0');
}

bool parse_hash(std::string_view text, crypto::Hash& hash) {
  const auto bytes = hex_decode(text);
  if (!bytes.ok() || bytes->size() != hash.size()) return false;
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return true;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (words.size() <= kWordsMax) {
    const std::size_t space = line.find(' ');
    words.push_back(line.substr(0, space));
    if (space == std::string_view::npos) break;
    line.remove_prefix(space + 1);
  }
  return words;
}

std::string chunk_line(std::string_view word, const Entry& entry) {
  return std::string(word) + " " + entry.name + " " + std::to_string(entry.table) + " " +
         std::to_string(entry.rows) + " " + std::to_string(entry.size) + " " + hex_encode(entry.hash);
}

}  // namespace

Entry Entry::of(Kind kind, std::string name, Bytes payload) {
  Entry out;
  out.kind = kind;
  out.name = std::move(name);
  out.size = payload.size();
  out.hash = crypto::sha256(ByteView(payload));
  out.payload = std::move(payload);
  return out;
}

std::string entry_line(const Entry& entry) {
  const std::string content = std::to_string(entry.size) + " " + hex_encode(entry.hash);
  switch (entry.kind) {
    case Kind::kBegin:
      return "begin " + content;
    case Kind::kFile:
      return "file " + entry.name + " " + content;
    case Kind::kChunk:
      return chunk_line("chunk", entry);
    case Kind::kKnown:
      return chunk_line("known", entry);
    case Kind::kEnd:
      return "end " + content;
  }
  return {};
}

std::optional<Entry> parse_entry_line(std::string_view line) {
  const std::vector<std::string_view> words = words_of(line);
  Entry entry;
  std::size_t count = 3;
  if (words[0] == "begin") {
    entry.kind = Kind::kBegin;
  } else if (words[0] == "end") {
    entry.kind = Kind::kEnd;
  } else if (words[0] == "file") {
    entry.kind = Kind::kFile;
    count = 4;
  } else if (words[0] == "chunk" || words[0] == "known") {
    entry.kind = words[0] == "chunk" ? Kind::kChunk : Kind::kKnown;
    count = 6;
  } else {
    return std::nullopt;
  }
  if (words.size() != count) return std::nullopt;
  if (count > 3) {
    if (!is_name(words[1])) return std::nullopt;
    entry.name = words[1];
  }
  if (count == 6 && (!parse_number(words[2], entry.table) || !parse_number(words[3], entry.rows)))
    return std::nullopt;
  if (!parse_number(words[count - 2], entry.size) || entry.size > kPayloadBytesMax ||
      !parse_hash(words[count - 1], entry.hash)) {
    return std::nullopt;
  }
  return entry;
}

std::string describe(const Entry& entry) {
  const std::string hash = hex_encode(entry.hash).substr(0, 16);
  switch (entry.kind) {
    case Kind::kBegin:
      return "piece " + hash + " (its beginning)";
    case Kind::kFile:
      return "piece " + hash + " (file " + entry.name + ")";
    case Kind::kChunk:
    case Kind::kKnown:
      return "piece " + hash + " (" + std::to_string(entry.rows) + " rows of table " +
             std::to_string(entry.table) + " of store " + entry.name + ")";
    case Kind::kEnd:
      return "piece " + hash + " (its end)";
  }
  return {};
}

void Listing::add(const Entry& entry) {
  std::string line = entry.kind == Kind::kKnown ? chunk_line("chunk", entry) : entry_line(entry);
  line += '\n';
  hash_.update(as_bytes(line));
}

std::string Listing::last_line() { return "listing " + hex_encode(hash_.finish()); }

template <typename T>
Result<T> read_json_entry(const Entry& entry) {
  auto json = codec::parse_json(as_text(entry.payload));
  if (!json.ok()) return Error(kDamaged, describe(entry) + ": " + json.error().detail());
  auto value = codec::from_json<T>(*json);
  if (!value.ok()) return Error(kNewer, describe(entry) + ": " + value.error().detail() + "; update icn");
  return value;
}

template Result<Begin> read_json_entry<Begin>(const Entry& entry);
template Result<End> read_json_entry<End>(const Entry& entry);

}  // namespace icn::backup
