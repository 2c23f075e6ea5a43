#include "bench/program.h"

#include <gtest/gtest.h>

namespace icn::bench {
namespace {

TEST(Program, TextAndExitCode) {
  const ProgramResult result = run_program("printf out; printf err >&2; exit 3");
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.text, "outerr");
  EXPECT_EQ(run_program("/no/such/program").exit_code, 127);
}

TEST(Program, AQuotedWordStaysOneWord) {
  const std::string word = "a 'b' $HOME \"c\"; exit 1";
  EXPECT_EQ(run_program("printf %s " + shell_word(word)).text, word);
}

TEST(Program, ProgramsAreFound) {
  EXPECT_TRUE(has_program("sh"));
  EXPECT_FALSE(has_program("no-such-program-at-all"));
}

// What db_bench 7.8 and pgbench 15 print.
TEST(Program, NumbersAreRead) {
  const std::string db_bench =
      "fillrandom   :       6.352 micros/op 157429 ops/sec 1.270 seconds 200000 operations;   32.4 MB/s\n";
  EXPECT_EQ(number_before(db_bench, "ops/sec"), 157429);
  EXPECT_EQ(number_before(db_bench, "micros/op"), 6.352);
  EXPECT_EQ(number_before(db_bench, "nothing"), std::nullopt);
  const std::string pgbench =
      "initial connection time = 23.406 ms\ntps = 2604.733 (without initial connection "
      "time)\n";
  EXPECT_EQ(number_after(pgbench, "tps ="), 2604.733);
  EXPECT_EQ(number_after(pgbench, "none ="), std::nullopt);
  EXPECT_EQ(number_after("tps = fast", "tps ="), std::nullopt);
}

}  // namespace
}  // namespace icn::bench
