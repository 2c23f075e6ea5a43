#include "codec/json.h"

#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <cstdio>

#include "codec/values.h"

namespace icn::codec {
namespace {

std::string canonical(std::string_view text) {
  auto json = parse_json(text);
  return json.ok() ? canonical_json(*json) : "refused: " + json.error().detail();
}

// RFC 8785, 3.2.2 and 3.2.3.
TEST(CanonicalJson, FollowsTheExamplesOfRfc8785) {
  EXPECT_EQ(canonical(R"({"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
    "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]})"),
            "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
            "\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
  EXPECT_EQ(
      canonical(R"({"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",
    "1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"})"),
      "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"\u00f6\":\"Latin Small Letter O "
      "With Diaeresis\","
      "\"\u20ac\":\"Euro Sign\",\"\U0001f600\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet "
      "With Dagesh\"}");
}

// RFC 8785, appendix B: IEEE 754 bits and the text they must get.
TEST(CanonicalJson, WritesNumbersAsAppendixBOfRfc8785) {
  const std::pair<std::uint64_t, const char*> samples[] = {{0x0000000000000000, "0"},
                                                           {0x8000000000000000, "0"},
                                                           {0x0000000000000001, "5e-324"},
                                                           {0x8000000000000001, "-5e-324"},
                                                           {0x7fefffffffffffff, "1.7976931348623157e+308"},
                                                           {0x4340000000000000, "9007199254740992"},
                                                           {0x4430000000000000, "295147905179352830000"},
                                                           {0x44b52d02c7e14af5, "9.999999999999997e+22"},
                                                           {0x44b52d02c7e14af6, "1e+23"},
                                                           {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
                                                           {0x444b1ae4d6e2ef4e, "999999999999999700000"},
                                                           {0x444b1ae4d6e2ef50, "1e+21"},
                                                           {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
                                                           {0x3eb0c6f7a0b5ed8d, "0.000001"},
                                                           {0x41b3de4355555553, "333333333.3333332"},
                                                           {0x41b3de4355555555, "333333333.3333333"},
                                                           {0xbecbf647612f3696, "-0.0000033333333333333333"}};
  for (const auto& [bits, text] : samples) {
    char buffer[64];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, std::bit_cast<double>(bits),
                                   std::chars_format::scientific, 17)
                         .ptr;
    EXPECT_EQ(canonical(std::string_view(buffer, static_cast<std::size_t>(end - buffer))), text);
  }
}

TEST(Json, RefusesWhatIsNotStrict) {
  for (const char* text :
       {"",      "{",     "[1,]",        "{\"a\":1,}",    "{\"a\":1,\"a\":2}", "01",       "1.",  "-",
        "+1",    "nul",   "\"\\ud800\"", "\"\\udc00x\"",  "\"\x01\"",          "\"\xff\"", "1 2", "\"\\x\"",
        "1e999", "{a:1}", "'a'",         "\xef\xbb\xbf{}"}) {
    EXPECT_FALSE(parse_json(text).ok()) << text;
  }
}

TEST(Json, BoundsDepthAndSize) {
  EXPECT_EQ(parse_json(std::string(40, '[') + std::string(40, ']')).error().category(), Category::kTooLarge);
  EXPECT_EQ(parse_json("[1,2,3]", {.bytes_max = 4}).error().category(), Category::kTooLarge);
  EXPECT_EQ(parse_json("[1,2,3]", {.values_max = 3}).error().category(), Category::kTooLarge);
}

// What stands in a string as it is is looked at eight bytes at a time: each byte, at each place of a word.
TEST(Json, FindsWhatIsEscapedAtAnyPlace) {
  for (int byte = 0; byte < 0x80; ++byte) {
    const char c = static_cast<char>(byte);
    std::string escaped(1, c);
    char code[8];
    std::snprintf(code, sizeof code, "\\u%04x", byte);
    if (byte < 0x20) escaped = code;
    if (const auto at = std::string_view("\b\t\n\f\r").find(c); at != std::string_view::npos)
      escaped = std::string("\\") + "btnfr"[at];
    if (c == '"' || c == '\\') escaped = std::string("\\") + c;
    for (std::size_t before = 0; before < 20; ++before) {
      for (const char* other : {"a", "\x7f", " ", "\xc3\xa9"}) {
        std::string front;
        for (std::size_t i = 0; i < before; ++i) front += other;
        const std::string text = front + c + front;
        const std::string written = write_json(Json(text));
        ASSERT_EQ(written, "\"" + front + escaped + front + "\"") << byte << " at " << before;
        const auto read = parse_json(written);
        ASSERT_TRUE(read.ok());
        ASSERT_EQ(*read->string(), text);
      }
      const std::string raw = "\"" + std::string(before, 'a') + c + "\"";
      EXPECT_EQ(parse_json(raw).ok(), byte >= 0x20 && c != '"' && c != '\\') << byte << " at " << before;
    }
  }
}

TEST(Decimal, KeepsAmountsExact) {
  EXPECT_EQ(read_decimal("12.5", 3).value(), 12500);
  EXPECT_EQ(read_decimal("0.001", 3).value(), 1);
  EXPECT_EQ(read_decimal("1.000000", 3).value(), 1000);
  EXPECT_EQ(write_decimal(12500, 3), "12.5");
  EXPECT_EQ(write_decimal(-1, 3), "-0.001");
  EXPECT_EQ(write_decimal(7000, 3), "7");
  for (const char* text : {"1e3", "0.0001", "", ".5", "5.", "9223372036854775807", "--1"}) {
    EXPECT_FALSE(read_decimal(text, 3).ok()) << text;
  }
}

enum class Colour { kRed, kGreen };
constexpr auto enum_names(Colour) {
  return std::array{std::pair{Colour::kRed, std::string_view("red")},
                    std::pair{Colour::kGreen, std::string_view("green")}};
}

struct Inner {
  std::uint64_t count = 0;
  static constexpr auto fields() { return described(field("count", &Inner::count, "", {1, 5})); }
};

struct Outer {
  Did did;
  Millimana amount;
  std::optional<std::string> memo;
  std::vector<Inner> list;
  Colour colour = Colour::kRed;
  static constexpr auto fields() {
    return described(field("did", &Outer::did), field("amount", &Outer::amount, "", {1, 1000000}),
                     field("memo", &Outer::memo, "", {0, 3}),
                     defaulted_field("list", &Outer::list, "", {0, 2}),
                     defaulted_field("colour", &Outer::colour));
  }
};

std::string read_outer(std::string_view text) {
  auto value = from_json<Outer>(parse_json(text).value());
  return value.ok() ? to_json_text(*value) : value.error().detail();
}

TEST(Fields, ReadAndWriteOneDescription) {
  const char* text =
      R"({"did":"did:key:z1","amount":1.5,"memo":"abc","list":[{"count":2}],"colour":"green"})";
  EXPECT_EQ(read_outer(text), text);
  EXPECT_EQ(read_outer(R"({"did":"d","amount":2})"), R"({"did":"d","amount":2,"list":[],"colour":"red"})");
}

TEST(Fields, NameTheMemberThatIsWrong) {
  EXPECT_EQ(read_outer(R"({"amount":2})"), "did: is required");
  EXPECT_EQ(read_outer(R"({"did":"d","amount":0})"),
            "amount: the amount in millimana must be at least 1 and at most 1000000, not 0");
  EXPECT_EQ(read_outer(R"({"did":"d","amount":"2"})"),
            "amount: must be an amount of mana (a number with at most 3 decimals), not a string");
  EXPECT_EQ(read_outer(R"({"did":"d","amount":1,"list":[{"count":1},{"count":9}]})"),
            "list: [1]: count: the number must be at least 1 and at most 5, not 9");
  EXPECT_EQ(read_outer(R"({"did":"d","amount":1,"colour":"blue"})"), "colour: must be one of: red, green");
  EXPECT_EQ(read_outer(R"({"did":"d","amount":1,"x":1})"),
            "unknown field \"x\"; known are: did, amount, memo, list, colour");
}

}  // namespace
}  // namespace icn::codec
