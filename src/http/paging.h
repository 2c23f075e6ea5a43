#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/values.h"

namespace icn::http {

inline constexpr std::uint32_t kPageItems = 50;
inline constexpr std::int64_t kPageItemsMax = 200;

// The two fields of every list; an Input names them in its fields():
//   limit_field(&Input::limit), cursor_field(&Input::cursor)
template <typename Struct>
constexpr auto limit_field(std::uint32_t Struct::*member) {
  return codec::defaulted_field("limit", member, "items a page, default 50", {1, kPageItemsMax});
}
template <typename Struct>
constexpr auto cursor_field(std::optional<std::string> Struct::*member) {
  return codec::field("cursor", member, "next_cursor of the page before", {1, 1024});
}

// One page of a list.
template <typename Item>
struct Page {
  std::vector<Item> items;
  std::optional<std::string> next_cursor;  // absent: the last page
  std::optional<std::uint64_t> total;
  static constexpr auto fields() {
    using codec::field;
    return described(field("items", &Page::items),
                     field("next_cursor", &Page::next_cursor, "absent: no more"),
                     field("total", &Page::total));
  }
};

// Cursors: where the next page starts, sealed so that clients can neither read nor make one.
// `list` says which list and filter it belongs to; a cursor of another one is refused. Thread: any.
class Cursors {
 public:
  explicit Cursors(ByteView node_secret);
  std::string seal(std::string_view list, ByteView position) const;
  // Error: kBadCursor.
  Result<Bytes> open(std::string_view list, std::string_view cursor) const;

 private:
  Bytes key_;
};

}  // namespace icn::http
