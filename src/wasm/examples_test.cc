#include <gtest/gtest.h>

#include "wasm/program_support.h"
#include "wasm/test_support.h"

namespace icn::wasm {
namespace {

struct Example {
  const char* job;
  const char* input;
  const char* expected;
  std::vector<std::string> args;
};

void PrintTo(const Example& example, std::ostream* out) { *out << example.job << " " << example.input; }

class JobExamples : public ::testing::TestWithParam<Example> {};

// The expected results were computed by other programs: see the README of each job.
TEST_P(JobExamples, GiveTheExpectedResultInTwoEngines) {
  const Example& example = GetParam();
  const auto program = testing::program(example.job);
  ICN_SKIP_WITHOUT(program);
  const auto folder = std::filesystem::path(ICN_JOB_EXAMPLES) / example.job;
  const Bytes input = testing::read_file(folder / example.input).value();
  RunRequest request;
  request.args = example.args;
  request.inputs = {{example.input, input}};
  const auto first = testing::make_engine();
  const auto second = testing::make_engine();
  const RunOutcome outcome = testing::run(*first, *program, request);
  EXPECT_EQ(outcome.end, End::kSuccess) << (outcome.trap ? outcome.trap->message : outcome.log);
  EXPECT_EQ(to_text(outcome.result), to_text(testing::read_file(folder / example.expected).value()));
  const RunOutcome again = testing::run(*second, *program, request);
  EXPECT_EQ(again.result, outcome.result);
  EXPECT_EQ(again.fuel_used, outcome.fuel_used);
  EXPECT_EQ(again.memory_peak_bytes, outcome.memory_peak_bytes);
}

INSTANTIATE_TEST_SUITE_P(All, JobExamples,
                         ::testing::Values(Example{"echo", "input.txt", "expected.txt", {}},
                                           Example{
                                               "patronage_refund", "input.csv", "expected.csv", {"4210.07"}},
                                           Example{"route_order", "input.csv", "expected.csv", {}},
                                           Example{"thumbnail", "input.png", "expected.ppm", {"32"}},
                                           Example{"thumbnail", "input.ppm", "expected.ppm", {"32"}},
                                           Example{"rust_wordcount", "input.txt", "expected.txt", {}}));

TEST(JobExamples, ABadLineIsNamedInTheLogAndEndsWithExitCode2) {
  const auto program = testing::program("patronage_refund");
  ICN_SKIP_WITHOUT(program);
  const auto engine = testing::make_engine();
  const Bytes input = to_bytes(as_bytes("member,amount\nAda,12.345\n"));
  RunRequest request;
  request.args = {"100"};
  request.inputs = {{"", input}};
  const RunOutcome outcome = testing::run(*engine, *program, request);
  EXPECT_EQ(outcome.end, End::kExit);
  EXPECT_EQ(outcome.exit_code, 2u);
  EXPECT_EQ(outcome.log, "line 2: the amount is not a number with at most two decimals\n");
}

TEST(JobExamples, ADamagedPictureIsRefusedWithItsReason) {
  const auto program = testing::program("thumbnail");
  ICN_SKIP_WITHOUT(program);
  const auto engine = testing::make_engine();
  const Bytes whole =
      testing::read_file(std::filesystem::path(ICN_JOB_EXAMPLES) / "thumbnail/input.png").value();
  for (std::size_t at = 0; at < whole.size(); at += 97) {
    Bytes damaged = whole;
    damaged[at] ^= 0x10;
    RunRequest request;
    request.inputs = {{"", damaged}};
    const RunOutcome outcome = testing::run(*engine, *program, request);
    EXPECT_EQ(outcome.end, End::kExit) << at;
    EXPECT_FALSE(outcome.log.empty());
  }
}

}  // namespace
}  // namespace icn::wasm
