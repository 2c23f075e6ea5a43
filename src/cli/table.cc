#include "cli/table.h"

#include <algorithm>
#include <ctime>
#include <iterator>
#include <ostream>

namespace icn::cli {
namespace {

using codec::Json;

// Columns a text takes; characters of several bytes count once.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string time_text(const Json& value) {
  const Json::Number* number = value.number();
  const auto seconds = number != nullptr ? codec::read_uint64(*number) : Result<std::uint64_t>(0);
  if (!seconds.ok() || *seconds == 0) return "-";
  const auto moment = static_cast<std::time_t>(*seconds);
  std::tm parts{};
  if (gmtime_r(&moment, &parts) == nullptr) return number->text;
  char text[40];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts)};
}

// Bytes of the character at the front, when a terminal obeys it: controls (C0, C1), and marks that turn the
// direction of text (Unicode 15, 23.2). 0: it is harmless.
std::size_t harmful_size(std::string_view text) {
  const auto byte = [&](std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
  };
  const auto is_within = [](unsigned value, unsigned low, unsigned high) {
    return value >= low && value <= high;
  };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
  if (byte(0) == 0xc2) return is_within(byte(1), 0x80, 0x9f) ? 2 : 0;
  if (byte(0) != 0xe2) return 0;
  const bool is_mark = byte(1) == 0x80 && (is_within(byte(2), 0x8e, 0x8f) || is_within(byte(2), 0xaa, 0xae));
  return is_mark || (byte(1) == 0x81 && is_within(byte(2), 0xa6, 0xa9)) ? 3 : 0;
}

void append_padded(std::string& out, const std::string& text, std::size_t columns, bool right) {
  const std::string padding(columns - std::min(columns, width(text)), ' ');
  out += right ? padding + text : text + padding;
}

bool is_nested(const Json& value) {
  if (const Json::Array* items = value.array()) {
    return std::any_of(items->begin(), items->end(),
                       [](const Json& item) { return item.object() != nullptr; });
  }
  return value.object() != nullptr && !value.object()->empty();
}

void end_line(std::string& out) {
  while (!out.empty() && out.back() == ' ') out.pop_back();
  out += '\n';
}

std::string outline_text(const Json& json, std::size_t indent, bool shorten);

// The node's names for moments in Unix seconds: at, submitted_at, as_of, timestamp, ...
Kind kind_of(std::string_view name, const Json& value) {
  constexpr std::string_view kNames[] = {"at",      "as_of",   "timestamp", "time",
                                         "created", "updated", "expires",   "next_deadline"};
  constexpr std::string_view kEndings[] = {"_at", "_until", "_starts", "_ends"};
  const bool is_moment =
      std::ranges::find(kNames, name) != std::end(kNames) ||
      std::ranges::any_of(kEndings, [&](std::string_view ending) { return name.ends_with(ending); });
  return is_moment && value.number() != nullptr ? Kind::kTime : Kind::kText;
}

void append_member(std::string& out, const std::string& name, const Json& value, std::size_t columns,
                   std::size_t indent, bool shorten) {
  std::string title = harmless(name);
  std::replace(title.begin(), title.end(), '_', ' ');
  out.append(indent, ' ');
  append_padded(out, title, columns, false);
  if (is_nested(value)) {
    end_line(out);
    out += outline_text(value, indent + 2, shorten);
  } else {
    out += cell_text(&value, kind_of(name, value), shorten);
    end_line(out);
  }
}

std::string outline_text(const Json& json, std::size_t indent, bool shorten) {
  std::string out;
  if (const Json::Array* items = json.array()) {
    for (const Json& item : *items) {
      std::string text = outline_text(item, indent + 2, shorten);
      if (text.size() > indent) text[indent] = '-';
      out += text;
    }
    return out;
  }
  if (json.object() == nullptr)
    return std::string(indent, ' ') + cell_text(&json, Kind::kText, shorten) + "\n";
  std::size_t columns = 0;
  for (const auto& [name, value] : *json.object())
    columns = std::max(columns, is_nested(value) ? 0 : width(name) + 2);
  for (const auto& [name, value] : *json.object()) append_member(out, name, value, columns, indent, shorten);
  return out;
}

}  // namespace

std::string harmless(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = harmful_size(text);
    out += size == 0 ? text.front() : '?';
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

const Json* find_path(const Json& json, std::string_view path) {
  const Json* at = &json;
  while (at != nullptr && !path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    at = at->find(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return at;
}

std::string shortened(const std::string& id) {
  if (id.size() <= 28) return id;
  return id.substr(0, 18) + "\xE2\x80\xA6" + id.substr(id.size() - 6);
}

std::string cell_text(const Json* value, Kind kind, bool shorten) {
  if (value == nullptr || value->is_null()) return "-";
  if (kind == Kind::kTime) return time_text(*value);
  if (const bool* boolean = value->boolean()) return *boolean ? "yes" : "no";
  if (const auto* number = value->number()) return number->text;
  if (const std::string* text = value->string()) {
    if (text->empty()) return "-";
    return harmless(kind == Kind::kId && shorten ? shortened(*text) : *text);
  }
  if (const Json::Array* items = value->array()) {
    std::string out;
    for (const Json& item : *items) out += (out.empty() ? "" : ", ") + cell_text(&item, kind, shorten);
    return out.empty() ? "-" : out;
  }
  std::string out;
  for (const auto& [name, member] : *value->object()) {
    out += (out.empty() ? "" : ", ") + harmless(name) + " " + cell_text(&member, kind, shorten);
  }
  return out.empty() ? "-" : out;
}

std::string fields_text(const Json& json, const std::vector<View>& views, bool shorten) {
  std::size_t titles = 0;
  for (const View& view : views) {
    if (find_path(json, view.path) != nullptr) titles = std::max(titles, width(view.title));
  }
  std::string out;
  for (const View& view : views) {
    const Json* value = find_path(json, view.path);
    if (value == nullptr) continue;
    append_padded(out, std::string(view.title), titles + 2, false);
    out += cell_text(value, view.kind, shorten);
    end_line(out);
  }
  return out;
}

std::string table_text(const Json::Array& items, const std::vector<View>& views, bool shorten) {
  std::vector<std::vector<std::string>> rows(1);
  for (const View& view : views) rows[0].emplace_back(view.title);
  for (const Json& item : items) {
    auto& row = rows.emplace_back();
    for (const View& view : views) row.push_back(cell_text(find_path(item, view.path), view.kind, shorten));
  }
  std::vector<std::size_t> columns(views.size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) columns[i] = std::max(columns[i], width(row[i]));
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out += "  ";
      append_padded(out, row[i], columns[i], views[i].kind == Kind::kNumber);
    }
    end_line(out);
  }
  return out;
}

void show_all(Session& session, const Json& json) {
  if (session.json) return show_json(session, json);
  session.out << outline_text(json, 0, session.is_terminal);
}

void show_json(Session& session, const Json& json) { session.out << codec::write_json_pretty(json) << '\n'; }

void show_fields(Session& session, const Json& json, const std::vector<View>& views) {
  if (session.json) return show_json(session, json);
  session.out << fields_text(json, views, session.is_terminal);
}

void show_table(Session& session, const Json& json, const std::vector<View>& views, std::string_view none) {
  if (session.json) return show_json(session, json);
  const Json* items = json.find("items");
  if (items == nullptr || items->array() == nullptr || items->array()->empty()) {
    session.out << none << '\n';
    return;
  }
  session.out << table_text(*items->array(), views, session.is_terminal);
  const Json* next = json.find("next_cursor");
  if (next != nullptr && next->string() != nullptr && !next->string()->empty()) {
    session.err << "more: --cursor " << *next->string() << '\n';
  }
}

}  // namespace icn::cli
