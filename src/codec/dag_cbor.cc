#include "codec/dag_cbor.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "codec/errors.h"
#include "codec/utf8.h"

namespace icn::codec {
namespace {

Error bad(std::string_view what) { return Error(errors::kBadDagCbor, std::string(what)); }

class Encoder {
 public:
  Result<void> put(const Value& value, int depth) {
    switch (value.kind()) {
      case CborKind::kNull:
        writer.null();
        return {};
      case CborKind::kBoolean:
        writer.boolean(*value.boolean());
        return {};
      case CborKind::kUnsigned:
        writer.unsigned_integer(value.integer()->number);
        return {};
      case CborKind::kNegative:
        writer.negative_integer(value.integer()->number);
        return {};
      case CborKind::kBytes:
        writer.bytes(*value.bytes());
        return {};
      case CborKind::kText:
        return put_text(*value.text());
      case CborKind::kFloat:
        if (!std::isfinite(*value.float64())) return bad("infinities and NaN are not allowed");
        writer.float64(*value.float64());
        return {};
      case CborKind::kLink:
        if (value.link()->empty()) return bad("a link must have a CID");
        writer.link(*value.link());
        return {};
      case CborKind::kArray:
      case CborKind::kMap:
        break;
    }
    if (depth >= CborLimits::kDepthMax) {
      return Error(errors::kTooLarge, "containers nest deeper than " + std::to_string(CborLimits::kDepthMax));
    }
    return value.list() != nullptr ? put_list(*value.list(), depth) : put_map(*value.map(), depth);
  }

  CborWriter writer;

 private:
  Result<void> put_text(std::string_view text) {
    if (!is_utf8(text)) return bad("text must be valid UTF-8");
    writer.text(text);
    return {};
  }

  Result<void> put_list(const Value::List& list, int depth) {
    writer.array(list.size());
    for (const Value& item : list) ICN_TRY(put(item, depth + 1));
    return {};
  }

  Result<void> put_map(const Value::Map& map, int depth) {
    std::vector<const Value::Entry*> entries;
    entries.reserve(map.size());
    for (const Value::Entry& entry : map) entries.push_back(&entry);
    std::ranges::sort(entries, [](const auto* a, const auto* b) { return cbor_key_less(a->key, b->key); });
    const auto twice = std::ranges::adjacent_find(entries, {}, &Value::Entry::key);
    if (twice != entries.end()) return bad("the map has the key \"" + (*twice)->key + "\" twice");
    writer.map(entries.size());
    for (const Value::Entry* entry : entries) {
      ICN_TRY(put_text(entry->key));
      ICN_TRY(put(entry->value, depth + 1));
    }
    return {};
  }
};

Result<Value> decode_value(CborReader& reader);

Result<Value> decode_list(CborReader& reader) {
  ICN_TRY_ASSIGN(count, reader.array());
  Value::List list;
  for (std::uint64_t i = 0; i < count; ++i) {
    ICN_TRY_ASSIGN(item, decode_value(reader));
    list.push_back(std::move(item));
  }
  return Value(std::move(list));
}

Result<Value> decode_map(CborReader& reader) {
  ICN_TRY_ASSIGN(count, reader.map());
  Value::Map map;
  for (std::uint64_t i = 0; i < count; ++i) {
    ICN_TRY_ASSIGN(key, reader.key());
    ICN_TRY_ASSIGN(value, decode_value(reader));
    map.push_back({std::string(key), std::move(value)});
  }
  return Value(std::move(map));
}

template <typename T>
Result<Value> as_value(Result<T> result) {
  if (!result.ok()) return std::move(result).error();
  return Value(std::move(result).value());
}

Result<Value> decode_value(CborReader& reader) {
  ICN_TRY_ASSIGN(kind, reader.peek());
  switch (kind) {
    case CborKind::kUnsigned:
      return as_value(reader.unsigned_integer());
    case CborKind::kNegative: {
      ICN_TRY_ASSIGN(number, reader.negative_integer());
      return Value(Value::Integer{true, number});
    }
    case CborKind::kFloat:
      return as_value(reader.float64());
    case CborKind::kText:
      return as_value(reader.text());
    case CborKind::kBytes: {
      ICN_TRY_ASSIGN(bytes, reader.bytes());
      return Value(to_bytes(bytes));
    }
    case CborKind::kLink:
      return as_value(reader.link());
    case CborKind::kBoolean:
      return as_value(reader.boolean());
    case CborKind::kArray:
      return decode_list(reader);
    case CborKind::kMap:
      return decode_map(reader);
    case CborKind::kNull:
      break;
  }
  ICN_TRY(reader.null());
  return Value();
}

}  // namespace

std::optional<std::int64_t> Value::int64() const {
  const Integer* found = integer();
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (found == nullptr || found->number > kMax) return std::nullopt;
  const auto number = static_cast<std::int64_t>(found->number);
  return found->negative ? -1 - number : number;
}

const Value* Value::find(std::string_view key) const {
  if (const Map* entries = map()) {
    const auto found = std::ranges::find(*entries, key, &Entry::key);
    return found == entries->end() ? nullptr : &found->value;
  }
  const List* items = list();
  if (items == nullptr) return nullptr;
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
  const bool canonical =
      error == std::errc() && end == key.data() + key.size() && (key == "0" || key[0] != '0');
  return canonical && index < items->size() ? &(*items)[index] : nullptr;
}

CborKind Value::kind() const {
  constexpr CborKind kKinds[] = {CborKind::kNull,  CborKind::kBoolean, CborKind::kUnsigned,
                                 CborKind::kFloat, CborKind::kText,    CborKind::kBytes,
                                 CborKind::kArray, CborKind::kMap,     CborKind::kLink};
  const Integer* number = integer();
  return number != nullptr && number->negative ? CborKind::kNegative : kKinds[state_.index()];
}

bool Value::operator==(const Value& other) const { return state_ == other.state_; }

Result<Bytes> encode_dag_cbor(const Value& value) {
  Encoder encoder;
  ICN_TRY(encoder.put(value, 0));
  return encoder.writer.take();
}

Result<Value> decode_dag_cbor(ByteView bytes, CborLimits limits) {
  CborReader reader(bytes, limits);
  ICN_TRY_ASSIGN(value, decode_value(reader));
  ICN_TRY(reader.finish());
  return std::move(value);
}

Result<void> check_dag_cbor(ByteView bytes, CborLimits limits) {
  CborReader reader(bytes, limits);
  ICN_TRY(reader.skip());
  return reader.finish();
}

}  // namespace icn::codec
