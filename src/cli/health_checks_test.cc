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

TEST(HealthChecks, AnApiKeyOfThatAgeIsToBeReplaced) {
  const auto keys = codec::parse_json(R"([{"created_at": 1000}, {"created_at": 8000000},
                                          {"created_at": 1000, "expires_at": 5000}])");
  const codec::Json::Array& items = *keys->array();
  constexpr TimestampSecs kAtNinetyDays = 1000 + 90 * 86'400;
  EXPECT_EQ(check_key_age(items, 90, kAtNinetyDays - 1).verdict, Verdict::kOk);
  const Finding old = check_key_age(items, 90, kAtNinetyDays);
  EXPECT_EQ(old.verdict, Verdict::kHint);
  EXPECT_EQ(old.detail, "1 of 3 are older than 90 days (key_rotation_days)");
  EXPECT_EQ(check_key_age(items, 0, kAtNinetyDays).verdict, Verdict::kOk);
}

TEST(HealthChecks, ABrokenInvariantIsAProblem) {
  const auto good = codec::parse_json(R"([{"name": "mana", "ok": true, "detail": ""}])");
  EXPECT_EQ(check_invariants(*good->array()).verdict, Verdict::kOk);
  const auto bad = codec::parse_json(R"([{"name": "mana", "ok": false, "detail": "1 is missing"},
                                         {"name": "jobs", "ok": false, "detail": "2 hang"}])");
  const Finding broken = check_invariants(*bad->array());
  EXPECT_EQ(broken.verdict, Verdict::kProblem);
  EXPECT_EQ(broken.detail, "mana: 1 is missing; jobs: 2 hang");
}

}  // namespace
}  // namespace icn::cli
