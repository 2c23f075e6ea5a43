#include "storage/readable.h"

#include "codec/utf8.h"

namespace icn::storage {

void append_readable_text(std::string& out, ByteView text) {
  if (codec::is_utf8(as_text(text))) {
    codec::append_json_string(out, as_text(text));
  } else {
    out += '"' + hex_encode(text) + '"';
  }
}

void append_readable_number(std::string& out, std::uint64_t number) {
  const std::string text = std::to_string(number);
  out += number <= codec::kJsonIntegerMax ? text : '"' + text + '"';
}

void append_readable_number(std::string& out, std::int64_t number) {
  const auto limit = static_cast<std::int64_t>(codec::kJsonIntegerMax);
  const std::string text = std::to_string(number);
  out += -limit <= number && number <= limit ? text : '"' + text + '"';
}

}  // namespace icn::storage
