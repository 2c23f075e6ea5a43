#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "codec/cbor_stream.h"
#include "codec/cid.h"

namespace icn::codec {

// A value of the IPLD data model. Integers are exact over the range of CBOR, -2^64 to 2^64 - 1.
// Maps keep the order they were made in; the encoders sort them.
class Value {
 public:
  // `negative` ? -1 - number : number.
  struct Integer {
    bool negative = false;
    std::uint64_t number = 0;
    bool operator==(const Integer&) const = default;
  };
  struct Entry;
  using List = std::vector<Value>;
  using Map = std::vector<Entry>;

  Value();  // null
  Value(bool value);
  Value(int value);
  Value(std::int64_t value);
  Value(std::uint64_t value);
  Value(Integer value);
  Value(double value);
  Value(const char* text);
  Value(std::string_view text);
  Value(std::string text);
  Value(Bytes bytes);
  Value(List list);
  Value(Map map);
  Value(Cid link);

  bool is_null() const { return std::holds_alternative<std::monostate>(state_); }
  // Null when the value is of another kind.
  const bool* boolean() const { return std::get_if<bool>(&state_); }
  const Integer* integer() const { return std::get_if<Integer>(&state_); }
  const double* float64() const { return std::get_if<double>(&state_); }
  const std::string* text() const { return std::get_if<std::string>(&state_); }
  const Bytes* bytes() const { return std::get_if<Bytes>(&state_); }
  const List* list() const { return std::get_if<List>(&state_); }
  const Map* map() const { return std::get_if<Map>(&state_); }
  const Cid* link() const { return std::get_if<Cid>(&state_); }
  // The integer when it is one and fits.
  std::optional<std::int64_t> int64() const;

  // The entry of a map, or the element of a list by its decimal index; null when there is none.
  const Value* find(std::string_view key) const;

  CborKind kind() const;
  bool operator==(const Value& other) const;

 private:
  std::variant<std::monostate, bool, Integer, double, std::string, Bytes, List, Map, Cid> state_;
};

struct Value::Entry {
  std::string key;
  Value value;
  bool operator==(const Entry&) const = default;
};

// Defined here because clang 14 wants Entry complete where a constructor may destroy a Map.
inline Value::Value() = default;
inline Value::Value(bool value) : state_(value) {}
inline Value::Value(int value) : Value(std::int64_t{value}) {}
inline Value::Value(std::int64_t value)
    : state_(value < 0 ? Integer{true, ~static_cast<std::uint64_t>(value)}
                       : Integer{false, static_cast<std::uint64_t>(value)}) {}
inline Value::Value(std::uint64_t value) : state_(Integer{false, value}) {}
inline Value::Value(Integer value) : state_(value) {}
inline Value::Value(double value) : state_(value) {}
inline Value::Value(const char* text) : state_(std::string(text)) {}
inline Value::Value(std::string_view text) : state_(std::string(text)) {}
inline Value::Value(std::string text) : state_(std::move(text)) {}
inline Value::Value(Bytes bytes) : state_(std::move(bytes)) {}
inline Value::Value(List list) : state_(std::move(list)) {}
inline Value::Value(Map map) : state_(std::move(map)) {}
inline Value::Value(Cid link) : state_(std::move(link)) {}

// Canonical DAG-CBOR of `value`, its maps sorted.
//   bad_dag_cbor   a key twice, text that is no UTF-8, a float that is not finite, an empty link
//   too_large      deeper than 64 containers
Result<Bytes> encode_dag_cbor(const Value& value);

// The one value of `bytes`. Accepts only what encode_dag_cbor() writes.
//   bad_dag_cbor (with the byte), too_large
Result<Value> decode_dag_cbor(ByteView bytes, CborLimits limits = {});

// Checks like decode_dag_cbor() without building the value.
Result<void> check_dag_cbor(ByteView bytes, CborLimits limits = {});

}  // namespace icn::codec
