#include "cli/table.h"

#include <sstream>

#include <gtest/gtest.h>

namespace icn::cli {
namespace {

using codec::Json;

Json parse(std::string_view text) { return codec::parse_json(text).value(); }

TEST(Table, AlignsColumnsAndPutsNumbersToTheRight) {
  const Json items = parse(R"([{"kind":"regen","amount":12.5},{"kind":"transfer_out","amount":-3}])");
  EXPECT_EQ(table_text(*items.array(), {{"KIND", "kind"}, {"AMOUNT", "amount", Kind::kNumber}}, false),
            "KIND          AMOUNT\n"
            "regen           12.5\n"
            "transfer_out      -3\n");
}

TEST(Table, LeavesOutFieldsThatAreAbsent) {
  EXPECT_EQ(fields_text(parse(R"({"a":1,"b":{"c":true}})"),
                        {{"one", "a"}, {"nested", "b.c"}, {"a title that is long", "absent"}}, false),
            "one     1\n"
            "nested  yes\n");
}

TEST(Table, ShortensIdentifiersOnlyWhenAsked) {
  const Json did = parse(R"("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK")");
  EXPECT_EQ(cell_text(&did, Kind::kId, false), *did.string());
  EXPECT_EQ(cell_text(&did, Kind::kId, true), "did:key:z6MkhaXgBZ\xE2\x80\xA6ta2doK");
  EXPECT_EQ(cell_text(&did, Kind::kText, true), *did.string());
}

// 1,700,000,000 s: `date -u -d @1700000000`.
TEST(Table, WritesTimesForPeople) {
  const Json time = parse("1700000000");
  EXPECT_EQ(cell_text(&time, Kind::kTime, false), "2023-11-14 22:13:20 UTC");
}

TEST(Table, ShowsControlCharactersAsQuestionMarks) {
  const Json text(std::string("red\x1b[31m\n"));
  EXPECT_EQ(cell_text(&text, Kind::kText, false), "red?[31m?");
}

// U+009B is the one-character form of ESC [, U+202E turns what follows round (Unicode 15, 23.1 and 23.2).
TEST(Table, ShowsC1ControlsAndDirectionsAsQuestionMarks) {
  EXPECT_EQ(harmless("a\u009b31m"), "a?31m");
  EXPECT_EQ(harmless("pay \u202ebob \u2069"), "pay ?bob ?");
  EXPECT_EQ(harmless("caf\xC3\xA9 \xE2\x80\xA6 \xC2\xA3"), "caf\xC3\xA9 \xE2\x80\xA6 \xC2\xA3");
  EXPECT_EQ(harmless("\xC2"), "\xC2");
}

TEST(Table, CountsCharactersOfSeveralBytesOnce) {
  const Json items = parse(R"([{"n":"é","v":1},{"n":"ab","v":2}])");
  EXPECT_EQ(table_text(*items.array(), {{"N", "n"}, {"V", "v"}}, false), "N   V\n\xC3\xA9   1\nab  2\n");
}

class Shown : public ::testing::Test {
 protected:
  std::istringstream in_;
  std::ostringstream out_, err_;
  ManualClock clock_;
  SeededRandom random_{1};
  Session session_{in_, out_, err_, clock_, random_};
};

TEST_F(Shown, JsonIsWhatTheNodeAnswered) {
  session_.json = true;
  show_table(session_, parse(R"({"items":[],"next_cursor":null})"), {{"A", "a"}}, "none");
  EXPECT_EQ(out_.str(), "{\n  \"items\": [],\n  \"next_cursor\": null\n}\n");
}

// 1,700,000,000 s: `date -u -d @1700000000`.
TEST_F(Shown, MomentsAreKnownByTheirNames) {
  show_all(session_, parse(R"({"voting_ends":1700000000,"created":true,"time":0,"ends":1700000000})"));
  EXPECT_EQ(
      out_.str(),
      "voting ends  2023-11-14 22:13:20 UTC\ncreated      yes\ntime         -\nends         1700000000\n");
}

TEST_F(Shown, AListThatGoesOnSaysHow) {
  show_table(session_, parse(R"({"items":[{"a":1}],"next_cursor":"xyz"})"), {{"A", "a"}}, "none");
  EXPECT_EQ(out_.str(), "A\n1\n");
  EXPECT_EQ(err_.str(), "more: --cursor xyz\n");
}

TEST_F(Shown, AnEmptyListSaysSo) {
  show_table(session_, parse(R"({"items":[]})"), {{"A", "a"}}, "no blocks");
  EXPECT_EQ(out_.str(), "no blocks\n");
}

TEST_F(Shown, EverythingIsOneLineAMember) {
  show_all(
      session_,
      parse(
          R"({"job_id":"x","escrow":{"locked":5,"paid":0},"timeline":[{"at":1},{"at":2}],"submitted_at":1700000000})"));
  EXPECT_EQ(out_.str(),
            "job id        x\n"
            "escrow\n"
            "  locked  5\n"
            "  paid    0\n"
            "timeline\n"
            "  - at  1970-01-01 00:00:01 UTC\n"
            "  - at  1970-01-01 00:00:02 UTC\n"
            "submitted at  2023-11-14 22:13:20 UTC\n");
}

}  // namespace
}  // namespace icn::cli
