#include "dag/gateway_request.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/errors.h"
#include "codec/utf8.h"
#include "dag/errors.h"

namespace icn::dag {
namespace {

using http::Request;

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  return code == std::errc() && end == text.data() + text.size() && !text.empty();
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trimmed(part);
}

Error bad(std::string_view what) { return Error(errors::kMalformed, std::string(what)); }

Result<void> set_car_parameter(CarShape& car, std::string_view name, std::string_view value) {
  if (name == "version" && value != "1") return bad("car version: only 1 is offered");
  if (name == "order" && value != "dfs" && value != "unk") return bad("car order: must be dfs or unk");
  if (name != "dups") return {};
  if (value != "y" && value != "n") return bad("car dups: must be y or n");
  car.has_duplicates = value == "y";
  return {};
}

// The first type of an Accept header that says one of our formats wins; others ask for the file.
Result<void> read_accept(std::string_view accept, GatewayRequest& out) {
  while (!accept.empty()) {
    std::string_view entry = take_until(accept, ',');
    const std::string_view type = take_until(entry, ';');
    if (type == "application/vnd.ipld.raw") {
      out.format = GatewayFormat::kRaw;
      return {};
    }
    if (type != "application/vnd.ipld.car") continue;
    out.format = GatewayFormat::kCar;
    while (!entry.empty()) {
      std::string_view parameter = take_until(entry, ';');
      const std::string_view name = take_until(parameter, '=');
      ICN_TRY(set_car_parameter(out.car, name, parameter));
    }
    return {};
  }
  return {};
}

Result<EntityBytes> read_entity_bytes(std::string_view text) {
  EntityBytes bytes;
  const std::string_view from = take_until(text, ':');
  if (!read_number(from, bytes.from)) return bad("entity-bytes: must be from:to, such as 0:1023 or -1024:*");
  if (text == "*") return bytes;
  std::int64_t to = 0;
  if (!read_number(text, to)) return bad("entity-bytes: must be from:to, such as 0:1023 or -1024:*");
  bytes.to = to;
  return bytes;
}

Result<void> read_format(const Request& request, GatewayRequest& out) {
  if (const auto accept = request.headers.find("accept")) ICN_TRY(read_accept(*accept, out));
  if (request.query.empty()) return {};
  const auto format = request.query_parameter("format");
  if (!format) return {};
  out.is_format_in_url = true;
  if (*format == "raw") {
    out.format = GatewayFormat::kRaw;
  } else if (*format == "car") {
    out.format = GatewayFormat::kCar;
  } else {
    return Error(kNotAcceptable, "format: must be raw or car");
  }
  return {};
}

Result<void> read_query(const Request& request, GatewayRequest& out) {
  for (const auto& [name, value] : request.query_parameters()) {
    if (name == "dag-scope") {
      if (value == "block")
        out.car.scope = DagScope::kBlock;
      else if (value == "entity")
        out.car.scope = DagScope::kEntity;
      else if (value != "all")
        return bad("dag-scope: must be block, entity or all");
    } else if (name == "entity-bytes") {
      ICN_TRY_ASSIGN(bytes, read_entity_bytes(value));
      out.car.bytes = bytes;
    } else if (name.starts_with("car-")) {
      ICN_TRY(set_car_parameter(out.car, std::string_view(name).substr(4), value));
    } else if (name == "filename") {
      out.filename = value;
    } else if (name == "download") {
      out.is_download = value == "true";
    }
  }
  return {};
}

}  // namespace

Result<GatewayRequest> GatewayRequest::read(const Request& request) {
  GatewayRequest out;
  ICN_TRY_ASSIGN(cid, Cid::parse(*http::find_parameter(request.path_parameters, "cid")));
  out.cid = cid;
  if (const std::string* path = http::find_parameter(request.path_parameters, "path")) {
    out.has_trailing_slash = path->empty() || path->back() == '/';
    out.path = *path;
  }
  ICN_TRY(read_format(request, out));
  if (!request.query.empty()) ICN_TRY(read_query(request, out));
  if (const auto control = request.headers.find("cache-control")) {
    out.is_only_if_cached = control->find("only-if-cached") != std::string_view::npos;
  }
  const auto worker = request.headers.find("service-worker");
  if (worker && *worker == "script" && !request.path.ends_with('/') && out.path.empty()) {
    return bad("a service worker may not be registered for the whole gateway");
  }
  return out;
}

std::optional<ByteRange> read_range(std::optional<std::string_view> header, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header || !header->starts_with(kUnit)) return std::nullopt;
  std::string_view text = trimmed(header->substr(kUnit.size()));
  if (text.find(',') != std::string_view::npos || text.find('-') == std::string_view::npos)
    return std::nullopt;
  const std::string_view first = take_until(text, '-');
  ByteRange range{0, size, size > 0};
  if (first.empty()) {
    std::uint64_t last_bytes = 0;
    if (!read_number(text, last_bytes)) return std::nullopt;
    range.first = size - std::min(last_bytes, size);
    range.is_satisfiable = range.first < size;
    return range;
  }
  std::uint64_t last = UINT64_MAX;
  if (!read_number(first, range.first) || (!text.empty() && !read_number(text, last))) return std::nullopt;
  if (last < range.first) return std::nullopt;
  if (last < size) range.past = last + 1;
  range.is_satisfiable = range.first < size;
  return range;
}

bool matches_etag(std::optional<std::string_view> header, std::string_view etag) {
  if (!header) return false;
  std::string_view rest = *header;
  while (!rest.empty()) {
    std::string_view each = take_until(rest, ',');
    if (each.starts_with("W/")) each.remove_prefix(2);
    if (each == "*" || each == etag) return true;
  }
  return false;
}

std::string_view content_type_of(std::string_view name, ByteView beginning) {
  using Row = std::pair<std::string_view, std::string_view>;
  static constexpr std::array kTypes{Row{".html", "text/html; charset=utf-8"},
                                     Row{".htm", "text/html; charset=utf-8"},
                                     Row{".css", "text/css; charset=utf-8"},
                                     Row{".js", "text/javascript; charset=utf-8"},
                                     Row{".json", "application/json"},
                                     Row{".csv", "text/csv; charset=utf-8"},
                                     Row{".md", "text/markdown; charset=utf-8"},
                                     Row{".txt", "text/plain; charset=utf-8"},
                                     Row{".svg", "image/svg+xml"},
                                     Row{".png", "image/png"},
                                     Row{".jpg", "image/jpeg"},
                                     Row{".jpeg", "image/jpeg"},
                                     Row{".gif", "image/gif"},
                                     Row{".webp", "image/webp"},
                                     Row{".pdf", "application/pdf"},
                                     Row{".wasm", "application/wasm"},
                                     Row{".mp4", "video/mp4"},
                                     Row{".mp3", "audio/mpeg"},
                                     Row{".zip", "application/zip"}};
  for (const auto& [ending, type] : kTypes) {
    if (name.ends_with(ending)) return type;
  }
  // A character may be cut at the end of what we look at.
  ByteView sample = beginning.first(std::min<std::size_t>(beginning.size(), 512));
  for (int cut = 0; cut < 4 && !sample.empty() && !codec::is_utf8(as_text(sample)); ++cut) {
    sample = sample.first(sample.size() - 1);
  }
  const bool is_text = codec::is_utf8(as_text(sample)) && std::ranges::none_of(sample, [](std::uint8_t byte) {
                         return byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t';
                       });
  return is_text && !beginning.empty() ? "text/plain; charset=utf-8" : "application/octet-stream";
}

}  // namespace icn::dag
