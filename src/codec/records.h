#pragma once

#include <algorithm>
#include <array>

#include "codec/cbor_stream.h"
#include "codec/values.h"

// Described structs as DAG-CBOR.
//   record := [ value* ]         in field order; how tables store rows. Fields may be appended to a struct
//                                later: a shorter list leaves them at their defaults.
//   block  := { name: value* }   canonical key order, absent optionals left out; how content is named by CID.
// value: bool, integer, text (also ids, enums by name, Json as its canonical text), mana as integer of
// millimana, Bytes and HexBytes as bytes, Cid as link (an empty Cid as null), optional as value or null,
// vector as list, map, described struct as record or block like the one around it.
namespace icn::codec {

enum class Shape { kRecord, kBlock };

template <typename T>
struct CborValue;

template <typename T>
Bytes encode_record(const T& value) {
  CborWriter writer;
  CborValue<T>::write(value, writer, Shape::kRecord);
  return writer.take();
}

template <typename T>
Result<T> decode_record(ByteView bytes) {
  CborReader reader(bytes);
  ICN_TRY_ASSIGN(value, CborValue<T>::read(reader, Shape::kRecord));
  ICN_TRY(reader.finish());
  return std::move(value);
}

template <typename T>
Bytes encode_block(const T& value) {
  CborWriter writer;
  CborValue<T>::write(value, writer, Shape::kBlock);
  return writer.take();
}

template <typename T>
Result<T> decode_block(ByteView bytes) {
  CborReader reader(bytes);
  ICN_TRY_ASSIGN(value, CborValue<T>::read(reader, Shape::kBlock));
  ICN_TRY(reader.finish());
  return std::move(value);
}

template <>
struct CborValue<bool> {
  static void write(bool value, CborWriter& out, Shape) { out.boolean(value); }
  static Result<bool> read(CborReader& in, Shape) { return in.boolean(); }
};

template <std::integral T>
struct CborValue<T> {
  static void write(T value, CborWriter& out, Shape) {
    if constexpr (std::is_unsigned_v<T>)
      out.unsigned_integer(value);
    else
      out.integer(value);
  }
  static Result<T> read(CborReader& in, Shape) {
    if constexpr (std::is_unsigned_v<T>) {
      ICN_TRY_ASSIGN(value, in.unsigned_integer());
      if (value > std::numeric_limits<T>::max()) return Error(errors::kMalformed, "a number is too large");
      return static_cast<T>(value);
    } else {
      ICN_TRY_ASSIGN(value, in.integer());
      if (value > std::numeric_limits<T>::max() || value < std::numeric_limits<T>::min()) {
        return Error(errors::kMalformed, "a number is too large");
      }
      return static_cast<T>(value);
    }
  }
};

template <>
struct CborValue<std::string> {
  static void write(const std::string& value, CborWriter& out, Shape) { out.text(value); }
  static Result<std::string> read(CborReader& in, Shape) {
    ICN_TRY_ASSIGN(text, in.text());
    return std::string(text);
  }
};

template <typename Tag>
struct CborValue<TextId<Tag>> {
  static void write(const TextId<Tag>& value, CborWriter& out, Shape) { out.text(value.text()); }
  static Result<TextId<Tag>> read(CborReader& in, Shape) {
    ICN_TRY_ASSIGN(text, in.text());
    return TextId<Tag>(std::string(text));
  }
};

template <>
struct CborValue<Millimana> {
  static void write(Millimana value, CborWriter& out, Shape) { out.integer(value.value); }
  static Result<Millimana> read(CborReader& in, Shape) {
    ICN_TRY_ASSIGN(value, in.integer());
    return Millimana{value};
  }
};

template <>
struct CborValue<Bytes> {
  static void write(const Bytes& value, CborWriter& out, Shape) { out.bytes(value); }
  static Result<Bytes> read(CborReader& in, Shape) {
    ICN_TRY_ASSIGN(bytes, in.bytes());
    return to_bytes(bytes);
  }
};

template <>
struct CborValue<HexBytes> {
  static void write(const HexBytes& value, CborWriter& out, Shape) { out.bytes(value.bytes); }
  static Result<HexBytes> read(CborReader& in, Shape) {
    ICN_TRY_ASSIGN(bytes, in.bytes());
    return HexBytes{to_bytes(bytes)};
  }
};

template <>
struct CborValue<Cid> {
  static void write(const Cid& value, CborWriter& out, Shape) {
    if (value.empty())
      out.null();
    else
      out.link(value);
  }
  static Result<Cid> read(CborReader& in, Shape) {
    if (!in.at_null()) return in.link();
    ICN_TRY(in.null());
    return Cid();
  }
};

template <>
struct CborValue<Json> {
  static void write(const Json& value, CborWriter& out, Shape) { out.text(canonical_json(value)); }
  static Result<Json> read(CborReader& in, Shape) {
    ICN_TRY_ASSIGN(text, in.text());
    return parse_json(text, {.bytes_max = 1 << 26, .depth_max = 64, .values_max = 1 << 22});
  }
};

template <NamedEnum E>
struct CborValue<E> {
  static void write(E value, CborWriter& out, Shape) { out.text(enum_name(value)); }
  static Result<E> read(CborReader& in, Shape) {
    ICN_TRY_ASSIGN(text, in.text());
    for (const auto& [value, name] : enum_names(E{})) {
      if (name == text) return value;
    }
    return Error(errors::kMalformed, "unknown name \"" + std::string(text.substr(0, 60)) + "\"");
  }
};

template <typename T>
struct CborValue<std::optional<T>> {
  static void write(const std::optional<T>& value, CborWriter& out, Shape shape) {
    if (value)
      CborValue<T>::write(*value, out, shape);
    else
      out.null();
  }
  static Result<std::optional<T>> read(CborReader& in, Shape shape) {
    if (in.at_null()) {
      ICN_TRY(in.null());
      return std::optional<T>();
    }
    ICN_TRY_ASSIGN(value, CborValue<T>::read(in, shape));
    return std::optional<T>(std::move(value));
  }
};

template <typename T>
struct CborValue<std::vector<T>> {
  static void write(const std::vector<T>& value, CborWriter& out, Shape shape) {
    out.array(value.size());
    for (const T& each : value) CborValue<T>::write(each, out, shape);
  }
  static Result<std::vector<T>> read(CborReader& in, Shape shape) {
    ICN_TRY_ASSIGN(count, in.array());
    std::vector<T> out;
    for (std::uint64_t i = 0; i < count; ++i) {
      ICN_TRY_ASSIGN(value, CborValue<T>::read(in, shape));
      out.push_back(std::move(value));
    }
    return out;
  }
};

template <typename T>
struct CborValue<std::map<std::string, T>> {
  static void write(const std::map<std::string, T>& value, CborWriter& out, Shape shape) {
    std::vector<const std::pair<const std::string, T>*> order;
    for (const auto& each : value) order.push_back(&each);
    std::ranges::sort(order, [](const auto* a, const auto* b) { return cbor_key_less(a->first, b->first); });
    out.map(value.size());
    for (const auto* each : order) {
      out.text(each->first);
      CborValue<T>::write(each->second, out, shape);
    }
  }
  static Result<std::map<std::string, T>> read(CborReader& in, Shape shape) {
    ICN_TRY_ASSIGN(count, in.map());
    std::map<std::string, T> out;
    for (std::uint64_t i = 0; i < count; ++i) {
      ICN_TRY_ASSIGN(key, in.key());
      ICN_TRY_ASSIGN(value, CborValue<T>::read(in, shape));
      out.emplace(std::string(key), std::move(value));
    }
    return out;
  }
};

template <Described T>
struct CborValue<T> {
  static void write(const T& value, CborWriter& out, Shape shape) {
    if (shape == Shape::kRecord) {
      out.array(field_count<T>());
      for_each_field<T>([&](const auto& each) {
        using Member = typename std::remove_cvref_t<decltype(each)>::MemberType;
        CborValue<Member>::write(value.*(each.member), out, shape);
      });
    } else {
      write_block(value, out);
    }
  }

  static Result<T> read(CborReader& in, Shape shape) {
    return shape == Shape::kRecord ? read_record(in) : read_block(in);
  }

 private:
  static constexpr std::size_t kCount = field_count<T>();

  // Field positions in canonical key order.
  static constexpr std::array<std::size_t, kCount> canonical_order() {
    std::array<std::string_view, kCount> names{};
    std::size_t next = 0;
    for_each_field<T>([&](const auto& each) { names[next++] = each.name; });
    std::array<std::size_t, kCount> order{};
    for (std::size_t i = 0; i < kCount; ++i) order[i] = i;
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return cbor_key_less(names[a], names[b]); });
    return order;
  }
  static constexpr std::array<std::size_t, kCount> kOrder = canonical_order();

  // Calls visit(field) for the fields in canonical order.
  template <typename Visit>
  static void in_order(Visit&& visit) {
    [&]<std::size_t... Position>(std::index_sequence<Position...>) {
      constexpr auto fields = T::fields();
      (visit(field_at<kOrder[Position]>(fields)), ...);
    }
    (std::make_index_sequence<kCount>());
  }

  template <typename Member>
  static bool is_absent(const Member& member) {
    if constexpr (kIsOptional<Member>) return !member.has_value();
    return false;
  }

  static void write_block(const T& value, CborWriter& out) {
    std::size_t present = 0;
    for_each_field<T>([&](const auto& each) { present += is_absent(value.*(each.member)) ? 0 : 1; });
    out.map(present);
    in_order([&](const auto& each) {
      using Member = typename std::remove_cvref_t<decltype(each)>::MemberType;
      if (is_absent(value.*(each.member))) return;
      out.text(each.name);
      CborValue<Member>::write(value.*(each.member), out, Shape::kBlock);
    });
  }

  static Result<T> read_record(CborReader& in) {
    ICN_TRY_ASSIGN(count, in.array());
    if (count > kCount) return Error(errors::kMalformed, "a record has more fields than this version knows");
    T out{};
    std::uint64_t index = 0;
    std::optional<Error> failure;
    for_each_field<T>([&](const auto& each) {
      using Member = typename std::remove_cvref_t<decltype(each)>::MemberType;
      if (failure || index++ >= count) return;
      auto value = CborValue<Member>::read(in, Shape::kRecord);
      if (!value.ok()) return fail_within(failure, value.error(), each.name);
      out.*(each.member) = std::move(value).value();
    });
    if (failure) return std::move(*failure);
    return out;
  }

  static Result<T> read_block(CborReader& in) {
    ICN_TRY_ASSIGN(count, in.map());
    T out{};
    std::array<bool, kCount> seen{};
    for (std::uint64_t i = 0; i < count; ++i) {
      ICN_TRY_ASSIGN(key, in.key());
      std::optional<Error> failure;
      bool known = false;
      std::size_t position = 0;
      for_each_field<T>([&](const auto& each) {
        using Member = typename std::remove_cvref_t<decltype(each)>::MemberType;
        const std::size_t here = position++;
        if (known || each.name != key) return;
        known = seen[here] = true;
        auto value = CborValue<Member>::read(in, Shape::kBlock);
        if (!value.ok()) return fail_within(failure, value.error(), each.name);
        out.*(each.member) = std::move(value).value();
      });
      if (failure) return std::move(*failure);
      if (!known)
        return Error(errors::kMalformed, "unknown field \"" + std::string(key.substr(0, 60)) + "\"");
    }
    std::optional<Error> missing;
    std::size_t position = 0;
    for_each_field<T>([&](const auto& each) {
      using Member = typename std::remove_cvref_t<decltype(each)>::MemberType;
      if (!seen[position++] && each.required && !kIsOptional<Member> && !missing) {
        fail_missing(missing, each.name);
      }
    });
    if (missing) return std::move(*missing);
    return out;
  }
};

template <>
struct JsonValue<Cid> {
  static Result<Cid> read(const Json& json, UnknownMembers) {
    if (const std::string* text = json.string()) return Cid::parse(*text);
    return wrong_kind("a CID", json);
  }
  static void write(const Cid& value, std::string& out) { append_json_string(out, value.to_string()); }
};

}  // namespace icn::codec
