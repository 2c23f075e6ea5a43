#include "config/row.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>

#include "codec/fields.h"
#include "codec/json.h"

namespace icn::config {
namespace {

template <typename T>
constexpr bool kIsNumber = std::is_same_v<T, Count> || std::is_same_v<T, Integer>;

template <typename T>
std::string_view type_name() {
  if constexpr (std::is_same_v<T, Flag>) return "true or false";
  if constexpr (kIsNumber<T>) return "integer";
  if constexpr (std::is_same_v<T, Text>) return "text";
  if constexpr (std::is_same_v<T, List>) return "list of texts";
  return "one of";
}

template <typename T>
std::string allowed_text(std::int64_t low, std::int64_t high) {
  if constexpr (std::is_same_v<T, Flag>) return "true, false";
  const std::string range = std::to_string(low) + " to " + std::to_string(high);
  if constexpr (kIsNumber<T>) return range;
  if constexpr (std::is_same_v<T, Text>) return range + " bytes";
  if constexpr (std::is_same_v<T, List>) return range + " texts";
  std::string names;
  if constexpr (codec::NamedEnum<T>) {
    for (const auto& [value, name] : enum_names(T{}))
      names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return names;
}

// The powers of 1,024 that a size may be counted in. What others count in thousands, as "MB", is not taken.
std::optional<int> shift_of(std::string_view suffix) {
  constexpr std::pair<std::string_view, int> kSuffixes[] = {{"K", 10}, {"KiB", 10}, {"M", 20}, {"MiB", 20},
                                                            {"G", 30}, {"GiB", 30}, {"T", 40}, {"TiB", 40}};
  for (const auto& [name, shift] : kSuffixes) {
    if (name == suffix) return shift;
  }
  return std::nullopt;
}

// "64M", "1.5G": a decimal number that comes to whole bytes.
std::optional<std::int64_t> parse_size(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto shift = shift_of(text.substr(end));
  const std::string_view number = text.substr(0, end);
  const std::size_t point = std::min(number.find('.'), number.size());
  const std::string_view fraction = number.substr(std::min(point + 1, number.size()));
  std::string digits(number.substr(0, point));
  if (!shift || digits.empty() || fraction.size() > 6 || fraction.find('.') != fraction.npos ||
      (point < number.size() && fraction.empty()))
    return std::nullopt;
  std::uint64_t scale = 1;
  for (const char digit : fraction) {
    digits += digit;
    scale *= 10;
  }
  std::uint64_t value = 0;
  const auto [rest, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  if (problem != std::errc() || rest != digits.data() + digits.size() || value > (kMax >> *shift))
    return std::nullopt;
  const std::uint64_t bytes = value << *shift;
  if (bytes % scale != 0) return std::nullopt;
  return static_cast<std::int64_t>(bytes / scale);
}

std::optional<std::int64_t> parse_integer(std::string_view text, std::string_view unit) {
  std::int64_t value = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem == std::errc() && rest == text.data() + text.size()) return value;
  if (unit != "bytes") return std::nullopt;
  return parse_size(text);
}

bool fits(std::size_t size, const Row& row) {
  return std::cmp_greater_equal(size, row.low) && std::cmp_less_equal(size, row.high);
}

// Text that people and TOML can hold on one line.
bool is_plain(std::string_view text) {
  return codec::is_utf8(text) &&
         std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

bool convert(const Row&, const RawValue& value, Flag& out) {
  if (const bool* flag = std::get_if<bool>(&value)) return out = *flag, true;
  const Untyped* untyped = std::get_if<Untyped>(&value);
  if (untyped == nullptr || (untyped->text != "true" && untyped->text != "false")) return false;
  out = untyped->text == "true";
  return true;
}

template <typename Number>
requires kIsNumber<Number>
bool convert(const Row& row, const RawValue& value, Number& out) {
  std::optional<std::int64_t> number;
  if (const std::int64_t* integer = std::get_if<std::int64_t>(&value)) number = *integer;
  if (const Untyped* untyped = std::get_if<Untyped>(&value)) number = parse_integer(untyped->text, row.unit);
  const std::string* text = std::get_if<std::string>(&value);
  if (text != nullptr && row.unit == "bytes") number = parse_integer(*text, row.unit);
  if (!number || *number < row.low || *number > row.high) return false;
  out = static_cast<Number>(*number);
  return true;
}

const std::string* text_of(const RawValue& value) {
  if (const Untyped* untyped = std::get_if<Untyped>(&value)) return &untyped->text;
  return std::get_if<std::string>(&value);
}

bool convert(const Row& row, const RawValue& value, Text& out) {
  const std::string* text = text_of(value);
  if (text == nullptr || !fits(text->size(), row) || !is_plain(*text)) return false;
  out = *text;
  return true;
}

bool convert(const Row& row, const RawValue& value, List& out) {
  List items;
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
    items = *list;
  } else if (const Untyped* untyped = std::get_if<Untyped>(&value)) {
    std::string_view rest = untyped->text;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      items.emplace_back(rest.substr(0, comma));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  } else {
    return false;
  }
  if (!fits(items.size(), row) || !std::all_of(items.begin(), items.end(), is_plain)) return false;
  out = std::move(items);
  return true;
}

template <codec::NamedEnum E>
bool convert(const Row&, const RawValue& value, E& out) {
  const std::string* text = text_of(value);
  if (text == nullptr) return false;
  for (const auto& [each, name] : enum_names(E{})) {
    if (*text == name) return out = each, true;
  }
  return false;
}

std::string quoted(std::string_view text) {
  std::string out;
  codec::append_json_string(out, text);
  return out;
}

std::string print_value(Flag value) { return value ? "true" : "false"; }
std::string print_value(Count value) { return std::to_string(value); }
std::string print_value(Integer value) { return std::to_string(value); }
std::string print_value(const Text& value) { return quoted(value); }
std::string print_value(const List& value) {
  std::string out = "[";
  for (const std::string& item : value) out += (out.size() == 1 ? "" : ", ") + quoted(item);
  return out + "]";
}
template <codec::NamedEnum E>
std::string print_value(E value) {
  return quoted(codec::enum_name(value));
}

template <auto Member, typename T>
Row make_row(std::string_view key, std::int64_t low, std::int64_t high, std::string_view unit,
             Agreement agreement, Secrecy secrecy, std::string_view text) {
  return {key,
          type_name<T>(),
          unit,
          text,
          agreement,
          secrecy,
          allowed_text<T>(low, high),
          [](const Row& row, Settings& settings, const RawValue& value) {
            return convert(row, value, settings.*Member);
          },
          [](const Settings& settings) { return print_value(settings.*Member); },
          low,
          high};
}

}  // namespace

std::string Row::variable() const {
  std::string out = "ICN_";
  for (char c : key) out += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::span<const Row> rows() {
  using enum Agreement;
  using enum Secrecy;
  static const std::vector<Row> table = {
#define SETTING(type, member, key, value, low, high, unit, agreement, secret, text) \
  make_row<&Settings::member, type>(key, low, high, unit, agreement, secret, text),
#include "config/settings.def"
#undef SETTING
  };
  return table;
}

const Row* find_row(std::string_view key) {
  for (const Row& row : rows()) {
    if (row.key == key) return &row;
  }
  return nullptr;
}

std::string describe(const RawValue& value) {
  constexpr std::size_t kShown = 60;
  auto shortened = [](std::string_view text) {
    return text.size() <= kShown ? quoted(text) : quoted(text.substr(0, kShown)) + "...";
  };
  if (const Untyped* untyped = std::get_if<Untyped>(&value)) return shortened(untyped->text);
  if (const std::string* text = std::get_if<std::string>(&value)) return shortened(*text);
  if (const Unfit* unfit = std::get_if<Unfit>(&value)) return unfit->kind;
  if (const bool* flag = std::get_if<bool>(&value)) return print_value(*flag);
  if (const std::int64_t* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return "a list";
}

}  // namespace icn::config
