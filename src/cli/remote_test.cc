#include "cli/remote.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace icn::cli {
namespace {

TEST(Remote, EncodesParametersAndLeavesOutAbsentOnes) {
  EXPECT_EQ(target("/a", {{"did", "did:key:z6Mk"}, {"none", std::nullopt}, {"text", "a b&c/\xC3\xA9"}}),
            "/a?did=did:key:z6Mk&text=a%20b%26c%2F%C3%A9");
  EXPECT_EQ(target("/a", {}), "/a");
  EXPECT_EQ(segment("../x?y"), "..%2Fx%3Fy");
  EXPECT_EQ(segments("/a b/100%?\r\nx: y"), "/a%20b/100%25%3F%0D%0Ax:%20y");
}

TEST(Remote, AProblemIsOneLine) {
  EXPECT_EQ(
      problem_line(402,
                   R"({"title":"not enough mana","detail":"10 needed,\n3 there","code":"exceeds_balance"})"),
      "not enough mana: 10 needed, 3 there (exceeds_balance)");
  EXPECT_EQ(problem_line(400, R"({"title":"no \u001b[2Jname","code":"\u009b1m"})"), "no ?[2Jname (?1m)");
  EXPECT_EQ(problem_line(404, R"({"title":"not found","detail":"not found","code":"not_found"})"),
            "not found (not_found)");
  EXPECT_EQ(
      problem_line(404, R"({"title":"no such path","detail":"no such path: /x","code":"route_not_found"})"),
      "no such path: /x (route_not_found)");
  EXPECT_EQ(problem_line(502, "<html>"), "the node answered with status 502");
}

class RemoteSession : public ::testing::Test {
 protected:
  std::istringstream in_;
  std::ostringstream out_, err_;
  ManualClock clock_;
  SeededRandom random_{1};
  Session session_{in_, out_, err_, clock_, random_};
};

TEST_F(RemoteSession, ANodeThatDoesNotAnswerIsOneLineAndItsOwnExitCode) {
  session_.url = "http://127.0.0.1:1";  // tcpmux; nothing listens there
  EXPECT_FALSE(get(session_, "/system/info"));
  EXPECT_EQ(session_.exit_code, kUnreachable);
  const std::string said = err_.str();
  EXPECT_EQ(said.find("icn: no node answers at http://127.0.0.1:1"), 0u);
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1);
}

TEST_F(RemoteSession, AnAddressThatIsNoneIsAMistakeOfTheCommandLine) {
  session_.url = "ftp://example";
  EXPECT_FALSE(get(session_, "/"));
  EXPECT_EQ(session_.exit_code, kUsage);
}

TEST_F(RemoteSession, TheOperatorKeyOfTheDataFolderIsFound) {
  const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "cli_operator_key";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / kOperatorKeyFile) << "secret\n";
  session_.data_path = folder.string();
  ::unsetenv("ICN_API_KEY");
  EXPECT_EQ(find_api_key(session_), "secret");
  session_.api_key = "given";
  EXPECT_EQ(find_api_key(session_), "given");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace icn::cli
