#include <gtest/gtest.h>

#include "wasm/program_support.h"
#include "wasm/test_support.h"

namespace icn::wasm {
namespace {

using testing::make_engine;
using testing::program;
using testing::run;
using testing::wat;

RunRequest probe_request() {
  static const Bytes input = to_bytes(as_bytes("one\ntwo\n"));
  static const Bytes prices = to_bytes(as_bytes("apples,120\npears,95"));
  static const Bytes empty;
  RunRequest request;
  request.args = {"0", "two words"};
  request.environment = {{"HOME", "/home/job"}};
  request.inputs = {{"", input}, {"prices.csv", prices}, {"empty", empty}};
  request.start_secs = 1'700'000'000;
  request.random_seed = to_bytes(as_bytes("seed"));
  return request;
}

TEST(Wasi, AnOrdinaryCProgramFindsItsWorld) {
  const auto probe = program("wasi_probe");
  ICN_SKIP_WITHOUT(probe);
  const auto engine = make_engine();
  const RunOutcome outcome = run(*engine, *probe, probe_request());
  ASSERT_EQ(outcome.end, End::kSuccess) << (outcome.trap ? outcome.trap->message : "");
  const std::string text = to_text(outcome.result);
  const std::string random = text.substr(text.size() - 17, 16);
  EXPECT_EQ(text,
            "argument 0\nargument two words\nHOME=/home/job\ninput one\ninput two\n"
            "/prices.csv: 16 of 19: ,95, dated 1700000000\n"
            "prices.csv: 16 of 19: ,95, dated 1700000000\n"
            "absent: No such file or directory\n"
            "../etc/passwd: Capabilities insufficient\n"
            "[.][..][prices.csv][empty]\n"
            "write: Read-only file system\nremove: Read-only file system\n"
            "date 1700003600, slept 3600 s\n" +
                random + "\n");
  EXPECT_EQ(outcome.log, "a line for the log\n");
  EXPECT_LT(outcome.wall_ns, 5'000'000'000u);  // an hour's sleep takes no time

  const auto other = make_engine();
  const RunOutcome again = run(*other, *probe, probe_request());
  EXPECT_EQ(again.result, outcome.result);
  EXPECT_EQ(again.fuel_used, outcome.fuel_used);
  RunRequest reseeded = probe_request();
  reseeded.random_seed = to_bytes(as_bytes("another seed"));
  EXPECT_NE(run(*other, *probe, reseeded).result, outcome.result);
}

TEST(Wasi, TheExitCodeIsKeptWithTheResult) {
  const auto probe = program("wasi_probe");
  ICN_SKIP_WITHOUT(probe);
  const auto engine = make_engine();
  RunRequest request = probe_request();
  request.args = {"7"};
  const RunOutcome outcome = run(*engine, *probe, request);
  EXPECT_EQ(outcome.end, End::kExit);
  EXPECT_EQ(outcome.exit_code, 7u);
  EXPECT_TRUE(to_text(outcome.result).starts_with("argument 7\n"));
}

TEST(Wasi, ExitZeroFromTheMiddleIsSuccess) {
  const auto engine = make_engine();
  const RunOutcome outcome = run(*engine, wat(R"((module
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (func (export "_start") (call $exit (i32.const 0)) unreachable)))"));
  EXPECT_EQ(outcome.end, End::kSuccess);
}

// Writes 64 KiB in a loop without end.
constexpr const char* kFlood = R"((module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 2)
    (data (i32.const 0) "\10\00\00\00\00\00\01\00")
    (func (export "_start") (loop (drop (call $write (i32.const FD) (i32.const 0) (i32.const 1) (i32.const 8))) (br 0)))))";

Bytes flood(const char* descriptor) {
  std::string text = kFlood;
  return wat(text.replace(text.find("FD"), 2, descriptor));
}

TEST(Wasi, GigabytesOfOutputAreCutOff) {
  const auto engine = make_engine();
  RunRequest request;
  request.limits.fuel = 1'000'000'000'000;
  request.capture.result_bytes = 10 * kMebibyte;
  const RunOutcome outcome = run(*engine, flood("1"), request);
  ASSERT_TRUE(outcome.trap.has_value());
  EXPECT_EQ(outcome.trap->code, TrapCode::kHost);
  EXPECT_NE(outcome.trap->message.find("10485760 bytes"), std::string::npos) << outcome.trap->message;
  EXPECT_TRUE(outcome.result.empty());
  EXPECT_FALSE(outcome.machine_dependent());
}

TEST(Wasi, GigabytesOfLogAreLeftOutUntilFuelEnds) {
  const auto engine = make_engine();
  RunRequest request;
  request.limits.fuel = 100'000'000;
  request.capture.log_bytes = 1'000;
  const RunOutcome outcome = run(*engine, flood("2"), request);
  ASSERT_TRUE(outcome.trap.has_value());
  EXPECT_EQ(outcome.trap->code, TrapCode::kFuel);
  EXPECT_EQ(outcome.log.size(), 1'000u);
  EXPECT_TRUE(outcome.log_truncated);
}

// Source: wasi_snapshot_preview1.witx lists 46 functions.
TEST(Wasi, EveryFunctionOfPreviewOneIsThere) {
  const HostRegistry registry = standard_host_functions();
  const char* names[] = {"args_get",
                         "args_sizes_get",
                         "environ_get",
                         "environ_sizes_get",
                         "clock_res_get",
                         "clock_time_get",
                         "fd_advise",
                         "fd_allocate",
                         "fd_close",
                         "fd_datasync",
                         "fd_fdstat_get",
                         "fd_fdstat_set_flags",
                         "fd_fdstat_set_rights",
                         "fd_filestat_get",
                         "fd_filestat_set_size",
                         "fd_filestat_set_times",
                         "fd_pread",
                         "fd_prestat_get",
                         "fd_prestat_dir_name",
                         "fd_pwrite",
                         "fd_read",
                         "fd_readdir",
                         "fd_renumber",
                         "fd_seek",
                         "fd_sync",
                         "fd_tell",
                         "fd_write",
                         "path_create_directory",
                         "path_filestat_get",
                         "path_filestat_set_times",
                         "path_link",
                         "path_open",
                         "path_readlink",
                         "path_remove_directory",
                         "path_rename",
                         "path_symlink",
                         "path_unlink_file",
                         "poll_oneoff",
                         "proc_exit",
                         "proc_raise",
                         "sched_yield",
                         "random_get",
                         "sock_accept",
                         "sock_recv",
                         "sock_send",
                         "sock_shutdown"};
  for (const char* name : names) EXPECT_NE(registry.find("wasi_snapshot_preview1", name), nullptr) << name;
  EXPECT_EQ(std::size(names), 46u);
}

TEST(Wasi, AFileNameThatLeavesTheDirectoryIsRefused) {
  const auto engine = make_engine();
  const Bytes bytes;
  for (const char* name : {"", ".", "..", "a/b", "/a"}) {
    RunRequest request;
    request.inputs = {{"", bytes}, {name, bytes}};
    EXPECT_FALSE(engine->run(testing::load(*engine, wat("(module (func (export \"run\")))")), request).ok())
        << name;
  }
}

}  // namespace
}  // namespace icn::wasm
