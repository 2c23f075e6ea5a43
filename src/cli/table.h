#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/session.h"
#include "codec/json.h"

// How answers look to people. Programs ask for --json.
namespace icn::cli {

enum class Kind {
  kText,
  kNumber,  // right-aligned
  kId,      // a DID, CID or hash: shortened on a terminal
  kTime,    // Unix seconds, shown as "2026-05-01 10:22:03 UTC"
};

// One value to show: its title and where it lies in the JSON, members separated by dots ("escrow.locked").
struct View {
  std::string_view title;
  std::string_view path;
  Kind kind = Kind::kText;
};

// The member at `path`; null when there is none.
const codec::Json* find_path(const codec::Json& json, std::string_view path);

// One value as a person reads it: text and numbers as they are, yes or no, lists with commas, "-" for none.
std::string cell_text(const codec::Json* value, Kind kind, bool shorten);

// Text of strangers for a terminal: what it would obey, and what would show text in another order, becomes
// '?'.
std::string harmless(std::string_view text);

// "did:key:z6MkhaXgBZ…doBb2Q": the first 18 and the last 6 characters of what is longer than 28.
std::string shortened(const std::string& id);

// One line a view, titles aligned; views whose member is absent are left out.
std::string fields_text(const codec::Json& json, const std::vector<View>& views, bool shorten);

// A line of titles and one line an item.
std::string table_text(const codec::Json::Array& items, const std::vector<View>& views, bool shorten);

// What a verb ends with: the JSON as it is with --json, else fields or a table. A list answer
// {items, next_cursor} that has more says how to go on; an empty one says `none`.
void show_fields(Session& session, const codec::Json& json, const std::vector<View>& views);
void show_table(Session& session, const codec::Json& json, const std::vector<View>& views,
                std::string_view none);
// Everything there is, one line a member, nested ones indented.
void show_all(Session& session, const codec::Json& json);
void show_json(Session& session, const codec::Json& json);

}  // namespace icn::cli
