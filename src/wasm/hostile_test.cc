#include <malloc.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "base/random.h"
#include "wasm/test_support.h"

// Jobs that mean harm, many at once beside honest ones. Source: issue "hostile jobs"; domain.md 8.
namespace icn::wasm {
namespace {

using testing::make_engine;
using testing::wat;

struct Hostile {
  const char* name;
  const char* text;
};

constexpr Hostile kHostile[] = {
    {"loops", "(module (func (export \"run\") (loop (br 0))))"},
    {"recurses", "(module (func $f (export \"run\") (call $f)))"},
    {"recurses with a large frame",
     "(module (func $f (export \"run\") (param) (local v128 v128 v128 v128) (call $f) (local.set 0 "
     "(local.get 1))))"},
    {"allocates without end", R"((module (memory 1) (func (export "run")
        (loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))) unreachable)))"},
    {"fills all its memory", R"((module (memory 1) (func (export "run")
        (drop (memory.grow (i32.const 1023)))
        (loop (memory.fill (i32.const 0) (i32.const 7) (i32.const 0x4000000)) (br 0)))))"},
    {"grows its table without end", R"((module (table $t 1 funcref) (func (export "run")
        (loop (br_if 0 (i32.ne (table.grow $t (ref.null func) (i32.const 1000)) (i32.const -1)))) unreachable)))"},
    {"traps", "(module (func (export \"run\") unreachable))"},
    {"reads beyond its memory",
     "(module (memory 1) (func (export \"run\") (drop (i64.load offset=0xffffffff (i32.const -1)))))"},
    {"starts with a trap", "(module (func $s unreachable) (start $s) (func (export \"run\")))"},
    {"starts with a loop", "(module (func $s (loop (br 0))) (start $s) (func (export \"run\")))"},
    {"lays data beyond its memory",
     "(module (memory 1) (data (i32.const 65535) \"ab\") (func (export \"run\")))"},
    {"calls through an empty table",
     "(module (table 1 funcref) (type $t (func)) (func (export \"run\") (call_indirect (type $t) (i32.const "
     "0))))"},
    {"draws randomness without end", R"((module (import "icn" "random" (func $r (param i32 i32) (result i32)))
        (memory (export "memory") 16)
        (func (export "run") (loop (drop (call $r (i32.const 0) (i32.const 1048576))) (br 0)))))"},
    {"says too much", R"((module (import "icn" "log" (func $l (param i32 i32 i32) (result i32)))
        (memory (export "memory") 2)
        (func (export "run") (loop (drop (call $l (i32.const 1) (i32.const 0) (i32.const 65536))) (br 0)))))"},
    {"opens files without end", R"((module
        (import "wasi_snapshot_preview1" "path_open"
          (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (memory (export "memory") 1) (data (i32.const 0) ".")
        (func (export "run") (loop (drop (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1)
            (i32.const 0) (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 8))) (br 0)))))"},
};

std::uint64_t resident_bytes() {
  ::malloc_trim(0);
  std::ifstream file("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

class HostileJobs : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const Hostile& hostile : kHostile) modules_.push_back(testing::load(*engine_, wat(hostile.text)));
  }

  void run_all(int rounds) {
    RunRequest request;
    request.limits.fuel = 1'000'000;
    request.limits.wall_ms = 2'000;
    for (int round = 0; round < rounds; ++round) {
      for (std::size_t i = 0; i < modules_.size(); ++i) {
        const RunOutcome outcome = engine_->run(modules_[i], request).value();
        EXPECT_EQ(outcome.end, End::kTrap) << kHostile[i].name;
        EXPECT_TRUE(outcome.result.empty());
      }
    }
  }

  std::unique_ptr<Engine> engine_ = make_engine();
  std::vector<ModuleHandle> modules_;
};

TEST_F(HostileJobs, EndWithTheSameCodeEachTime) {
  RunRequest request;
  request.limits.fuel = 1'000'000;
  for (std::size_t i = 0; i < modules_.size(); ++i) {
    const RunOutcome first = engine_->run(modules_[i], request).value();
    const RunOutcome second = engine_->run(modules_[i], request).value();
    ASSERT_TRUE(first.trap && second.trap) << kHostile[i].name;
    EXPECT_EQ(first.trap->code, second.trap->code) << kHostile[i].name;
    EXPECT_EQ(first.trap->message, second.trap->message);
    EXPECT_EQ(first.fuel_used, second.fuel_used);
    EXPECT_NE(first.trap->code, TrapCode::kUnavailable) << kHostile[i].name << ": " << first.trap->message;
    EXPECT_LE(first.memory_peak_bytes, request.limits.memory_bytes);
  }
}

TEST_F(HostileJobs, LeaveNothingBehind) {
  run_all(5);
  const std::uint64_t before = resident_bytes();
#ifdef ICN_SANITIZED
  run_all(3);  // the address sanitizer counts leaks itself, and keeps what was freed
  static_cast<void>(before);
#else
  run_all(70);  // more than a thousand runs
  const std::uint64_t after = resident_bytes();
  EXPECT_LT(after, before + before / 10) << before << " -> " << after;
#endif
}

TEST_F(HostileJobs, DoNotDisturbHonestOnes) {
  const ModuleHandle honest =
      testing::load(*engine_, wat("(module (func (export \"run\") (result i32) (i32.const 42)))"));
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!stop) run_all(1);
    });
  }
  for (int i = 0; i < 2'000; ++i) {
    const RunOutcome outcome = engine_->run(honest, {}).value();
    ASSERT_EQ(outcome.end, End::kSuccess) << outcome.trap->message;
    ASSERT_EQ(to_text(outcome.result), "42");
  }
  stop = true;
  for (auto& thread : threads) thread.join();
}

TEST_F(HostileJobs, TruncatedAndRandomModulesAreRefused) {
  const Bytes whole = wat(kHostile[12].text);
  SeededRandom random(100);
  const auto refused = [&](const std::string& id, ByteView bytes) { return !engine_->load(id, bytes).ok(); };
  int whole_sections = 0;
  for (std::size_t size = 9; size < whole.size(); ++size) {
    if (!refused("truncated" + std::to_string(size), ByteView(whole).first(size))) ++whole_sections;
  }
  EXPECT_LE(whole_sections, 3);  // cut right after a section, before functions are declared: still a module
  for (int i = 0; i < 100; ++i) {
    Bytes noise(1 + random.below(1'000));
    random.fill(noise);
    EXPECT_TRUE(refused("random" + std::to_string(i), noise));
  }
}

}  // namespace
}  // namespace icn::wasm
