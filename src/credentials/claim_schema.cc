#include "credentials/claim_schema.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "codec/date_time.h"
#include "codec/utf8.h"

namespace icn::credentials {
namespace {

using codec::Json;

constexpr std::size_t kDepthMax = 16;
constexpr std::array<std::string_view, 7> kTypes{"object",  "array",   "string", "number",
                                                 "integer", "boolean", "null"};
constexpr std::array<std::string_view, 4> kFormats{"date", "date-time", "uri", "did"};
constexpr std::array<std::string_view, 6> kNotes{"$schema",     "$id",      "title",
                                                 "description", "examples", "default"};
constexpr std::array<std::string_view, 4> kSizes{"minLength", "maxLength", "minItems", "maxItems"};

template <typename Names>
bool is_one_of(const Names& names, const Json& value) {
  return value.string() && std::ranges::find(names, *value.string()) != names.end();
}
template <typename Names>
bool is_name(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

Error bad_schema(const std::string& place, std::string_view what) {
  return Error(kBadSchema, (place.empty() ? "" : place + ": ") + std::string(what));
}
Error refused(const std::string& place, std::string_view what) {
  return Error(kClaimsRefused, (place.empty() ? "the claims" : place) + " " + std::string(what));
}

Result<void> check_type(const Json& value, const std::string& place) {
  const Json::Array list = value.array() ? *value.array() : Json::Array{value};
  const bool known =
      !list.empty() && std::ranges::all_of(list, [](const Json& each) { return is_one_of(kTypes, each); });
  return known ? Result<void>()
               : bad_schema(place, "type: must be of object, array, string, number, integer, boolean, null");
}

Result<void> check_keyword(const std::string& name, const Json& value, const std::string& place) {
  if (is_name(kNotes, name)) return {};
  if (name == "type") return check_type(value, place);
  if (name == "const") return {};
  if (name == "enum") {
    if (value.array() && !value.array()->empty()) return {};
    return bad_schema(place, "enum: must be a list of values");
  }
  if (name == "additionalProperties") {
    return value.boolean() ? Result<void>()
                           : bad_schema(place, "additionalProperties: must be true or false");
  }
  if (name == "required") {
    const bool are_names = value.array() && std::ranges::all_of(*value.array(), [](const Json& each) {
                             return each.string() != nullptr;
                           });
    return are_names ? Result<void>() : bad_schema(place, "required: must be a list of names");
  }
  if (name == "minimum" || name == "maximum") {
    return value.number() ? Result<void>() : bad_schema(place, name + ": must be a number");
  }
  if (is_name(kSizes, name)) {
    const bool is_size = value.number() && codec::read_uint64(*value.number()).ok();
    return is_size ? Result<void>() : bad_schema(place, name + ": must be a whole number from 0");
  }
  if (name == "format") {
    return is_one_of(kFormats, value) ? Result<void>()
                                      : bad_schema(place, "format: known are date, date-time, uri, did");
  }
  return bad_schema(place, "the keyword \"" + name.substr(0, 60) + "\" is not known here");
}

Result<void> check_part(const Json& schema, const std::string& place, std::size_t depth) {
  if (depth > kDepthMax) return bad_schema(place, "is nested too deeply");
  if (schema.object() == nullptr) return bad_schema(place, "must be an object");
  for (const auto& [name, value] : *schema.object()) {
    if (name == "items") {
      ICN_TRY(check_part(value, place + "[]", depth + 1));
    } else if (name == "properties") {
      if (value.object() == nullptr) return bad_schema(place, "properties: must be an object");
      for (const auto& [property, part] : *value.object())
        ICN_TRY(check_part(part, place + (place.empty() ? "" : ".") + property, depth + 1));
    } else {
      ICN_TRY(check_keyword(name, value, place));
    }
  }
  return {};
}

// A number without fraction, as JSON Schema counts them: 1.0 is one.
bool is_integer(const Json::Number& number) {
  const auto value = codec::read_double(number);
  return codec::read_int64(number).ok() || (value.ok() && std::floor(*value) == *value);
}

bool has_type(std::string_view type, const Json& value) {
  if (type == "object") return value.object() != nullptr;
  if (type == "array") return value.array() != nullptr;
  if (type == "string") return value.string() != nullptr;
  if (type == "number") return value.number() != nullptr;
  if (type == "integer") return value.number() && is_integer(*value.number());
  if (type == "boolean") return value.boolean() != nullptr;
  return value.is_null();
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool has_format(std::string_view format, const std::string& text) {
  if (format == "date-time") return codec::read_date_time(text).ok();
  if (format == "date") return text.size() == 10 && codec::read_date_time(text + "T00:00:00Z").ok();
  const std::size_t colon = text.find(':');
  const bool is_uri = colon != std::string::npos && colon > 0 && colon + 1 < text.size() &&
                      text.find_first_of(" \t\r\n\"<>") == std::string::npos;
  if (format == "uri") return is_uri;
  return is_uri && text.starts_with("did:") && text.find(':', 4) != std::string::npos;
}

// Compares as doubles: these bounds are for people's claims, not for the ledger's state.
bool is_below(const Json::Number& left, const Json::Number& right) {
  const auto a = codec::read_double(left);
  const auto b = codec::read_double(right);
  return a.ok() && b.ok() && *a < *b;
}

bool is_equal(const Json& left, const Json& right) {
  return codec::canonical_json(left) == codec::canonical_json(right);
}

std::optional<std::uint64_t> size_of(const Json& schema, std::string_view name) {
  const Json* found = schema.find(name);
  if (found == nullptr || found->number() == nullptr) return std::nullopt;
  return codec::read_uint64(*found->number()).value();
}

Result<void> check_size(const Json& schema, std::size_t size, const char* least, const char* most,
                        const std::string& place) {
  if (const auto limit = size_of(schema, least); limit && size < *limit)
    return refused(place, "must have at least " + std::to_string(*limit));
  if (const auto limit = size_of(schema, most); limit && size > *limit)
    return refused(place, "must have at most " + std::to_string(*limit));
  return {};
}

Result<void> check_plain(const Json& schema, const Json& value, const std::string& place) {
  if (const Json* type = schema.find("type")) {
    const Json::Array list = type->array() ? *type->array() : Json::Array{*type};
    const bool fits =
        std::ranges::any_of(list, [&](const Json& each) { return has_type(*each.string(), value); });
    if (!fits) return refused(place, "must be of type " + codec::write_json(*type));
  }
  if (const Json* wanted = schema.find("const"); wanted && !is_equal(*wanted, value))
    return refused(place, "must be " + codec::write_json(*wanted));
  if (const Json* list = schema.find("enum")) {
    const bool fits =
        std::ranges::any_of(*list->array(), [&](const Json& each) { return is_equal(each, value); });
    if (!fits) return refused(place, "must be one of " + codec::write_json(*list));
  }
  if (value.string()) {
    ICN_TRY(check_size(schema, count_characters(*value.string()), "minLength", "maxLength", place));
    const Json* format = schema.find("format");
    if (format && !has_format(*format->string(), *value.string()))
      return refused(place, "must be a " + *format->string());
  }
  if (value.number()) {
    const Json* least = schema.find("minimum");
    const Json* most = schema.find("maximum");
    if (least && is_below(*value.number(), *least->number()))
      return refused(place, "must be at least " + least->number()->text);
    if (most && is_below(*most->number(), *value.number()))
      return refused(place, "must be at most " + most->number()->text);
  }
  return {};
}

Result<void> check_value(const Json& schema, const Json& value, const std::string& place);

Result<void> check_members(const Json& schema, const Json& value, const std::string& place) {
  const Json* properties = schema.find("properties");
  if (const Json* required = schema.find("required")) {
    for (const Json& each : *required->array()) {
      if (value.find(*each.string()) == nullptr)
        return refused(place, "must have \"" + *each.string() + "\"");
    }
  }
  const Json* others = schema.find("additionalProperties");
  const bool is_closed = others && !*others->boolean();
  for (const auto& [name, member] : *value.object()) {
    const Json* part = properties ? properties->find(name) : nullptr;
    if (part == nullptr && is_closed) return refused(place, "must not have \"" + name.substr(0, 60) + "\"");
    if (part) ICN_TRY(check_value(*part, member, place + (place.empty() ? "" : ".") + name));
  }
  return {};
}

Result<void> check_value(const Json& schema, const Json& value, const std::string& place) {
  ICN_TRY(check_plain(schema, value, place));
  if (value.object()) return check_members(schema, value, place);
  if (value.array() == nullptr) return {};
  ICN_TRY(check_size(schema, value.array()->size(), "minItems", "maxItems", place));
  const Json* items = schema.find("items");
  if (items == nullptr) return {};
  for (std::size_t i = 0; i < value.array()->size(); ++i)
    ICN_TRY(check_value(*items, (*value.array())[i], place + "[" + std::to_string(i) + "]"));
  return {};
}

// Texts of the standard schemas; a test holds each against check_schema().
constexpr std::pair<std::string_view, std::string_view> kStandard[] = {
    {"icn:cooperative:membership:v1",
     R"({"title":"Membership of a cooperative","type":"object","required":["role"],"properties":{
       "role":{"type":"string","minLength":1,"maxLength":100},
       "member_since":{"type":"string","format":"date"},
       "scope":{"type":"string","maxLength":200},
       "voting":{"type":"boolean"}}})"},
    {"icn:cooperative:service_provider:v1",
     R"({"title":"Provider of a service","type":"object","required":["service"],"properties":{
       "service":{"type":"string","minLength":1,"maxLength":100},
       "region":{"type":"string","maxLength":100},
       "capacity":{"type":"integer","minimum":0}}})"},
    {"icn:cooperative:profile:v1",
     R"({"title":"A cooperative","type":"object","required":["name"],"properties":{
       "name":{"type":"string","minLength":1,"maxLength":100},
       "type":{"type":"string","maxLength":40},
       "website":{"type":"string","format":"uri"},
       "founded_year":{"type":"integer","minimum":1500,"maximum":3000}}})"},
    {"icn:federation:membership:v1",
     R"({"title":"Membership of a federation","type":"object","required":["federation"],"properties":{
       "federation":{"type":"string","minLength":1,"maxLength":64},
       "role":{"type":"string","maxLength":100},
       "member_since":{"type":"string","format":"date"}}})"},
    {"icn:federation:trust:v1",
     R"({"title":"Trust in a member of a federation","type":"object","required":["level"],"properties":{
       "level":{"type":"integer","minimum":0,"maximum":100},
       "context":{"type":"string","maxLength":100}}})"},
};

}  // namespace

Result<void> check_schema(const Json& schema) {
  ICN_TRY(check_part(schema, "", 0));
  const Json* type = schema.find("type");
  if (type && (type->string() == nullptr || *type->string() != "object"))
    return bad_schema("", "type: claims are an object");
  return {};
}

Result<void> check_claims(const Json& schema, const Json& claims) { return check_value(schema, claims, ""); }

const std::vector<StandardSchema>& standard_schemas() {
  static const std::vector<StandardSchema> all = [] {
    std::vector<StandardSchema> out;
    for (const auto& [id, text] : kStandard) out.push_back({id, codec::parse_json(text).value()});
    return out;
  }();
  return all;
}

const Json* find_standard_schema(std::string_view id) {
  for (const StandardSchema& each : standard_schemas()) {
    if (each.id == id) return &each.schema;
  }
  return nullptr;
}

}  // namespace icn::credentials
