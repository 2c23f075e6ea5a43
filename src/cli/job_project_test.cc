#include "cli/job_project.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "cli/cli_testing.h"
#include "cli/local_run.h"

namespace icn::cli {
namespace {

const std::string kProgram = "/opt/icn";

class JobProject : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) / "cli_job_project";
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_F(JobProject, HoldsTheHeaderOfTheSdk) {
  std::ifstream file(ICN_SOURCE_FOLDER "/sdk/c/icn.h");
  std::stringstream header;
  header << file.rdbuf();
  EXPECT_EQ(kJobHeader, header.str());
}

TEST_F(JobProject, IsTriedWithTheProgramThatMadeIt) {
  const auto files = job_project("mill", kProgram);
  const auto makefile = std::ranges::find(files, "Makefile", [](const auto& each) { return each.first; });
  ASSERT_NE(makefile, files.end());
  EXPECT_NE(makefile->second.find("\nICN ?= /opt/icn\n"), std::string::npos) << makefile->second;
}

TEST_F(JobProject, AFolderThatExistsIsLeftAlone) {
  ASSERT_TRUE(write_job_project((folder_ / "mill").string(), kProgram).ok());
  const auto again = write_job_project((folder_ / "mill").string(), kProgram);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code(), "conflict");
}

TEST_F(JobProject, ANameIsBounded) {
  for (const char* name : {"a b", "x;y", "-flag", "$(x)"}) {
    EXPECT_FALSE(write_job_project((folder_ / name).string(), kProgram).ok()) << name;
    EXPECT_FALSE(std::filesystem::exists(folder_ / name)) << name;
  }
}

// The new job, compiled as its Makefile says, counts the three lines of its input.
TEST_F(JobProject, CompilesAndRuns) {
  std::ofstream(folder_ / "probe.c") << "int main(void) { return 0; }\n";
  const std::string probe = (folder_ / "probe").string();
  if (testing::run_program({"clang", "--target=wasm32-wasi", probe + ".c", "-o", probe + ".wasm"}) != 0) {
    GTEST_SKIP() << "no C compiler for WASI";
  }
  const std::filesystem::path job = folder_ / "line-count";
  ASSERT_TRUE(write_job_project(job.string(), kProgram).ok());
  ASSERT_EQ(testing::run_program({"make", "-s", "-C", job.string()}), 0);
  std::istringstream in;
  std::ostringstream out, err;
  const ManualClock clock;
  SeededRandom random(1);
  Session session{in, out, err, clock, random};
  LocalRun options;
  options.module_file = (job / "line-count.wasm").string();
  options.input_files = {(job / "input.txt").string()};
  run_locally(session, options);
  EXPECT_EQ(out.str(), "3\n") << err.str();
  EXPECT_EQ(session.exit_code, kOk);
  EXPECT_NE(err.str().find("counted the lines"), std::string::npos);
  EXPECT_NE(err.str().find("fuel"), std::string::npos);

  options.fuel = 10;
  run_locally(session, options);
  EXPECT_EQ(session.exit_code, kNotMet);
  EXPECT_NE(err.str().find("the job trapped (fuel)"), std::string::npos);
}

}  // namespace
}  // namespace icn::cli
