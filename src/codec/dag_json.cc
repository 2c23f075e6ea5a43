#include "codec/dag_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "codec/errors.h"
#include "codec/json.h"
#include "codec/multibase.h"
#include "codec/utf8.h"

namespace icn::codec {
namespace {

constexpr std::string_view kReserved = "/";
constexpr std::string_view kBytesKey = "bytes";
constexpr int kDepthMax = CborLimits::kDepthMax;

Error bad(std::string_view what) { return Error(errors::kBadDagJson, std::string(what)); }

Error too_deep(int depth_max) {
  return Error(errors::kTooLarge, "containers nest deeper than " + std::to_string(depth_max));
}

class Encoder {
 public:
  Result<void> put(const Value& value, int depth) {
    switch (value.kind()) {
      case CborKind::kNull:
        out += "null";
        return {};
      case CborKind::kBoolean:
        out += *value.boolean() ? "true" : "false";
        return {};
      case CborKind::kUnsigned:
        out += std::to_string(value.integer()->number);
        return {};
      case CborKind::kNegative:
        put_negative(value.integer()->number);
        return {};
      case CborKind::kFloat:
        return put_float(*value.float64());
      case CborKind::kText:
        return put_text(*value.text());
      case CborKind::kBytes:
        put_bytes(*value.bytes());
        return {};
      case CborKind::kLink:
        if (value.link()->empty()) return bad("a link must have a CID");
        out += "{\"/\":\"" + value.link()->to_string() + "\"}";
        return {};
      case CborKind::kArray:
      case CborKind::kMap:
        break;
    }
    if (depth >= kDepthMax) return too_deep(kDepthMax);
    return value.list() != nullptr ? put_list(*value.list(), depth) : put_map(*value.map(), depth);
  }

  std::string out;

 private:
  void put_negative(std::uint64_t number) {
    out += number == ~std::uint64_t{0} ? "-18446744073709551616" : "-" + std::to_string(number + 1);
  }

  // The digits of ECMAScript, with ".0" where they would read as an integer.
  Result<void> put_float(double value) {
    if (!std::isfinite(value)) return bad("infinities and NaN are not allowed");
    if (value == 0) {
      out += std::signbit(value) ? "-0.0" : "0.0";
      return {};
    }
    char digits[64];
    const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), value);
    ICN_ASSERT(error == std::errc());
    const std::string text = canonical_json(Json(Json::Number{std::string(std::begin(digits), end)}));
    out += text;
    if (text.find_first_of(".e") == std::string::npos) out += ".0";
    return {};
  }

  Result<void> put_text(std::string_view text) {
    if (!is_utf8(text)) return bad("text must be valid UTF-8");
    append_json_string(out, text);
    return {};
  }

  void put_bytes(const Bytes& bytes) {
    out += "{\"/\":{\"bytes\":\"";
    out.append(multibase_encode(Base::kBase64, bytes), 1);
    out += "\"}}";
  }

  Result<void> put_list(const Value::List& list, int depth) {
    char separator = '[';
    for (const Value& item : list) {
      out += separator;
      separator = ',';
      ICN_TRY(put(item, depth + 1));
    }
    out += list.empty() ? "[]" : "]";
    return {};
  }

  Result<void> put_map(const Value::Map& map, int depth) {
    std::vector<const Value::Entry*> entries;
    entries.reserve(map.size());
    for (const Value::Entry& entry : map) entries.push_back(&entry);
    std::ranges::sort(entries, {}, &Value::Entry::key);
    const auto twice = std::ranges::adjacent_find(entries, {}, &Value::Entry::key);
    if (twice != entries.end()) return bad("the map has the key \"" + (*twice)->key + "\" twice");
    if (!entries.empty() && reads_as_other(*entries.front())) {
      return bad("a map whose first key is \"/\" would be read as a link or as bytes");
    }
    char separator = '{';
    for (const Value::Entry* entry : entries) {
      out += separator;
      separator = ',';
      ICN_TRY(put_text(entry->key));
      out += ':';
      ICN_TRY(put(entry->value, depth + 1));
    }
    out += entries.empty() ? "{}" : "}";
    return {};
  }

  static bool reads_as_other(const Value::Entry& first) {
    if (first.key != kReserved) return false;
    if (first.value.text() != nullptr) return true;
    const Value::Map* inner = first.value.map();
    if (inner == nullptr || inner->empty()) return false;
    const auto inner_first = std::ranges::min_element(*inner, {}, &Value::Entry::key);
    return inner_first->key == kBytesKey && inner_first->value.text() != nullptr;
  }
};

Result<Value> read_number(const std::string& text) {
  if (text.find_first_of(".eE") != std::string::npos) {
    ICN_TRY_ASSIGN(value, read_double(Json::Number{text}));
    return Value(value);
  }
  const bool negative = text.starts_with('-');
  if (text == "-18446744073709551616") return Value(Value::Integer{true, ~std::uint64_t{0}});
  std::uint64_t number = 0;
  const char* begin = text.data() + (negative ? 1 : 0);
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(begin, end, number);
  if (error != std::errc() || stop != end) return bad("the integer " + text + " is not in -2^64 to 2^64 - 1");
  return negative && number != 0 ? Value(Value::Integer{true, number - 1}) : Value(number);
}

const Json::Member* first_member(const Json::Object& object) {
  const auto found = std::ranges::min_element(object, {}, &Json::Member::first);
  return found == object.end() ? nullptr : &*found;
}

class Decoder {
 public:
  explicit Decoder(int depth_max) : depth_max_(depth_max) {}

  Result<Value> read(const Json& json, int depth) const {
    if (const bool* boolean = json.boolean()) return Value(*boolean);
    if (const std::string* text = json.string()) return Value(*text);
    if (const Json::Number* number = json.number()) return read_number(number->text);
    if (const Json::Array* array = json.array()) return read_list(*array, depth);
    if (const Json::Object* object = json.object()) return read_object(*object, depth);
    return Value();
  }

 private:
  Result<Value> read_list(const Json::Array& array, int depth) const {
    if (depth >= depth_max_) return too_deep(depth_max_);
    Value::List list;
    list.reserve(array.size());
    for (const Json& item : array) {
      ICN_TRY_ASSIGN(value, read(item, depth + 1));
      list.push_back(std::move(value));
    }
    return Value(std::move(list));
  }

  Result<Value> read_object(const Json::Object& object, int depth) const {
    const Json::Member* first = first_member(object);
    if (first != nullptr && first->first == kReserved) {
      if (const std::string* link = first->second.string()) return read_link(object, *link);
      const Json::Object* inner = first->second.object();
      const Json::Member* inner_first = inner == nullptr ? nullptr : first_member(*inner);
      if (inner_first != nullptr && inner_first->first == kBytesKey &&
          inner_first->second.string() != nullptr) {
        if (object.size() != 1 || inner->size() != 1)
          return bad("bytes may have no other key beside \"/\" and \"bytes\"");
        return read_bytes(*inner_first->second.string());
      }
    }
    if (depth >= depth_max_) return too_deep(depth_max_);
    Value::Map map;
    map.reserve(object.size());
    for (const auto& [key, member] : object) {
      ICN_TRY_ASSIGN(value, read(member, depth + 1));
      map.push_back({key, std::move(value)});
    }
    return Value(std::move(map));
  }

  static Result<Value> read_link(const Json::Object& object, const std::string& text) {
    if (object.size() != 1) return bad("a link may have no key beside \"/\"");
    Result<Cid> cid = Cid::parse(text);
    if (!cid.ok()) return bad("\"/\": " + cid.error().detail());
    return Value(std::move(cid).value());
  }

  static Result<Value> read_bytes(const std::string& text) {
    Result<MultibaseText> decoded = multibase_decode("m" + text);
    if (!decoded.ok()) return bad("\"bytes\": " + decoded.error().detail());
    return Value(std::move(decoded->bytes));
  }

  int depth_max_;
};

}  // namespace

Result<std::string> encode_dag_json(const Value& value) {
  Encoder encoder;
  ICN_TRY(encoder.put(value, 0));
  return std::move(encoder.out);
}

Result<Value> decode_dag_json(std::string_view text, const DagJsonLimits& limits) {
  // Bytes take two levels of JSON that are none of the value.
  const std::size_t depth_max = static_cast<std::size_t>(limits.depth_max) + 2;
  Result<Json> json = parse_json(text, {limits.size_max, depth_max, limits.values_max});
  if (!json.ok()) {
    if (json.error().category() == Category::kTooLarge) return std::move(json).error();
    return bad(json.error().detail());
  }
  return Decoder(limits.depth_max).read(*json, 0);
}

}  // namespace icn::codec
