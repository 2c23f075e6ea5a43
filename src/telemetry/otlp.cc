#include "codec/json.h"
#include "codec/utf8.h"
#include "telemetry/tracer.h"

namespace icn::telemetry {
namespace {

using codec::Json;

constexpr int kStatusError = 2;

// What a stranger sent may be no text: one such value would make the whole batch unreadable.
std::string text_of(const std::string& value) {
  if (codec::is_utf8(value)) return value;
  std::string out = value;
  for (char& each : out) {
    if (static_cast<unsigned char>(each) >= 0x80) each = '?';
  }
  return out;
}

Json attributes_json(const std::vector<std::pair<std::string, std::string>>& attributes) {
  Json::Array out;
  for (const auto& [key, value] : attributes) {
    out.push_back(Json::object({{"key", key}, {"value", Json::object({{"stringValue", text_of(value)}})}}));
  }
  return Json(std::move(out));
}

Json span_json(const Span& span) {
  Json out = Json::object({{"traceId", hex_encode(span.context.trace_id)},
                           {"spanId", hex_encode(span.context.span_id)},
                           {"name", text_of(span.name)},
                           {"kind", static_cast<int>(span.kind)},
                           {"startTimeUnixNano", std::to_string(span.start_ns)},
                           {"endTimeUnixNano", std::to_string(span.end_ns)},
                           {"attributes", attributes_json(span.attributes)}});
  if (span.parent != decltype(span.parent){}) out.set("parentSpanId", hex_encode(span.parent));
  if (!span.error.empty()) {
    out.set("status", Json::object({{"code", kStatusError}, {"message", text_of(span.error)}}));
  }
  return out;
}

}  // namespace

std::string otlp_json(const std::vector<Span>& spans, const ResourceAttributes& resource) {
  Json::Array list;
  for (const Span& span : spans) list.push_back(span_json(span));
  const Json scope = Json::object({{"scope", Json::object({{"name", "icn"}})}, {"spans", std::move(list)}});
  const Json of_resource =
      Json::object({{"resource", Json::object({{"attributes", attributes_json(resource)}})},
                    {"scopeSpans", Json::array({scope})}});
  return codec::write_json(Json::object({{"resourceSpans", Json::array({of_resource})}}));
}

}  // namespace icn::telemetry
