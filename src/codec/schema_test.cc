#include "codec/schema.h"

#include <array>

#include <gtest/gtest.h>

namespace icn::codec {

enum class Colour { kRed, kBlue };
constexpr auto enum_names(Colour) {
  return std::array{std::pair(Colour::kRed, "red"), std::pair(Colour::kBlue, "blue")};
}

struct Part {
  std::string name;
  static constexpr std::string_view schema_name = "Part";
  static constexpr auto fields() { return described(field("name", &Part::name, "what it is", {1, 20})); }
};

struct Node {
  std::vector<Node> children;
  static constexpr std::string_view schema_name = "Node";
  static constexpr auto fields() { return described(field("children", &Node::children)); }
};

struct Thing {
  Colour colour = Colour::kRed;
  Millimana price;
  std::uint32_t count = 1;
  std::uint64_t serial = 0;
  std::optional<Bytes> data;
  HexBytes hash;
  std::vector<Part> parts;
  static constexpr auto fields() {
    return described(field("colour", &Thing::colour), field("price", &Thing::price, "in mana", {1, 2500}),
                     defaulted_field("count", &Thing::count, "", {1, 9}), field("serial", &Thing::serial),
                     field("data", &Thing::data, "", {0, 4}), field("hash", &Thing::hash, "", {32, 32}),
                     field("parts", &Thing::parts, "", {0, 3}));
  }
};

// Expected texts: JSON Schema 2020-12 written by hand from the fields above.
TEST(Schema, DescribesEveryKindOfMember) {
  SchemaComponents components;
  EXPECT_EQ(write_json(json_schema<Thing>(components)),
            R"({"type":"object","properties":{)"
            R"("colour":{"type":"string","enum":["red","blue"]},)"
            R"("price":{"type":"number","multipleOf":0.001,"minimum":0.001,"maximum":2.5,)"
            R"("description":"in mana"},)"
            R"("count":{"type":"integer","minimum":1,"maximum":9},)"
            R"("serial":{"type":["integer","string"],"pattern":"^[0-9]+$","minimum":0},)"
            R"("data":{"type":"string","contentEncoding":"base64","minLength":0,"maxLength":8},)"
            R"("hash":{"type":"string","pattern":"^([0-9a-f]{2})*$","minLength":64,"maxLength":64},)"
            R"("parts":{"type":"array","items":{"$ref":"#/components/schemas/Part"},)"
            R"("minItems":0,"maxItems":3}},)"
            R"("required":["colour","price","serial","hash","parts"]})");
  ASSERT_TRUE(components.contains("Part"));
  EXPECT_EQ(write_json(components.all().at("Part")),
            R"({"type":"object","properties":{"name":{"type":"string","minLength":1,"maxLength":20,)"
            R"("description":"what it is"}},"required":["name"]})");
}

TEST(Schema, NamedStructMayContainItself) {
  SchemaComponents components;
  EXPECT_EQ(write_json(json_schema<Node>(components)), R"({"$ref":"#/components/schemas/Node"})");
  EXPECT_EQ(write_json(components.all().at("Node")),
            R"({"type":"object","properties":{"children":{"type":"array",)"
            R"("items":{"$ref":"#/components/schemas/Node"}}},"required":["children"]})");
}

TEST(Schema, MapsAndFreeJson) {
  SchemaComponents components;
  EXPECT_EQ(write_json(json_schema<std::map<std::string, bool>>(components)),
            R"({"type":"object","additionalProperties":{"type":"boolean"}})");
  EXPECT_EQ(write_json(json_schema<Json>(components)), "{}");
}

}  // namespace icn::codec
