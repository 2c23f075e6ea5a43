#include "cli/health_checks.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace icn::cli {
namespace {

TEST(HealthChecks, APortSomebodyListensOnIsTaken) {
  const int handle = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(handle, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(handle, 1), 0);
  socklen_t size = sizeof address;
  ASSERT_EQ(::getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const config::ListenAddress here{"127.0.0.1", ntohs(address.sin_port), true};
  EXPECT_EQ(check_port(here).verdict, Verdict::kProblem);
  EXPECT_NE(check_port(here).remedy, "");
  ::close(handle);
  EXPECT_EQ(check_port(here).verdict, Verdict::kOk);
}

TEST(HealthChecks, ASecretOthersMayReadIsAProblem) {
  const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "cli_health";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  ::chmod(folder.c_str(), 0700);
  std::ofstream(folder / "operator-api-key") << "x";
  ::chmod((folder / "operator-api-key").c_str(), 0644);
  config::Settings settings;
  settings.data_path = folder.string();
  const std::vector<Finding> findings = check_permissions(settings);
  EXPECT_EQ(findings[0].verdict, Verdict::kOk);  // data folder
  EXPECT_EQ(findings[1].verdict, Verdict::kOk);  // no key store yet
  EXPECT_EQ(findings[2].verdict, Verdict::kProblem);
  EXPECT_EQ(findings[2].remedy, "chmod 600 " + (folder / "operator-api-key").string());
  std::filesystem::remove_all(folder);
}

TEST(HealthChecks, AClockYearsBehindIsAProblem) {
  EXPECT_EQ(check_clock(1'000'000'000, 0)[0].verdict, Verdict::kProblem);
  const TimestampSecs now = 1'800'000'000;
  EXPECT_EQ(check_clock(now, now - 3).back().verdict, Verdict::kOk);
  EXPECT_EQ(check_clock(now, now + 60).back().verdict, Verdict::kProblem);
}

TEST(HealthChecks, TheDiskOfAFolderThatIsNotThereYetIsThatOfItsParent) {
  const Finding finding = check_disk(std::string(::testing::TempDir()) + "/not/there/yet");
  EXPECT_NE(finding.detail.find("MiB free"), std::string::npos);
}

}  // namespace
}  // namespace icn::cli
