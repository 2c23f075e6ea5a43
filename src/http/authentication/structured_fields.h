#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"

// The part of RFC 8941 (structured field values) that signatures and digests need.
namespace icn::http {

// Reads one field value from left to right. Every take leaves the reader where it failed.
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : rest_(text) { skip_spaces(); }

  bool at_end() const { return rest_.empty(); }
  bool take(char expected);
  void skip_spaces();
  std::optional<std::string> take_key();
  std::optional<std::string> take_string();  // unescaped
  std::optional<Bytes> take_bytes();         // :base64:
  // Any bare item, in its canonical serialisation ("text" with quotes, 12, ?1, :aGk=:, token).
  std::optional<std::string> take_item();
  // ";key=item" pairs; a key alone has the item "?1".
  std::optional<std::vector<std::pair<std::string, std::string>>> take_parameters();
  // To the next member of a dictionary; false at the end or where no comma is.
  bool next_member();

 private:
  std::string_view rest_;
};

std::string quote_field_string(std::string_view text);

}  // namespace icn::http
