#include "http/event_loop.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace icn::http {
namespace {

using namespace std::chrono_literals;

// Runs on a thread of its own until the test ends.
class RunningLoop {
 public:
  explicit RunningLoop(std::chrono::milliseconds tick = 1h) {
    EventLoop::Hooks hooks;
    hooks.on_tick = [this] { ++ticks; };
    hooks.after_round = [this] { ++rounds; };
    hooks.on_fail = [this](const std::exception& failure) { failed = failure.what(); };
    thread_ = std::thread([this, tick, hooks] { loop.run(tick, hooks); });
  }
  ~RunningLoop() {
    loop.post([this] { loop.stop(); });
    thread_.join();
  }
  // The loop has done what was posted before.
  void settle() {
    std::promise<void> reached;
    loop.post([&] { reached.set_value(); });
    ASSERT_EQ(reached.get_future().wait_for(10s), std::future_status::ready);
  }

  EventLoop loop;
  std::atomic<int> ticks = 0;
  std::atomic<int> rounds = 0;
  std::string failed;  // of the loop's thread

 private:
  std::thread thread_;
};

class Reader final : public EventLoop::Watcher {
 public:
  explicit Reader(int descriptor) : descriptor_(descriptor) {}
  void on_ready(std::uint32_t events) override {
    if ((events & EPOLLIN) == 0) return;
    std::array<char, 64> buffer{};
    const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
    if (count > 0) seen.append(buffer.data(), static_cast<std::size_t>(count));
    if (seen.size() >= 4) whole.set_value(seen);
  }
  std::string seen;
  std::promise<std::string> whole;

 private:
  int descriptor_;
};

TEST(EventLoop, RunsTasksOfOtherThreadsInTheOrderOfEach) {
  RunningLoop running;
  std::array<std::vector<int>, 4> seen;
  std::vector<std::thread> posters;
  for (std::size_t poster = 0; poster < seen.size(); ++poster) {
    posters.emplace_back([&, poster] {
      for (int i = 0; i < 2'000; ++i) running.loop.post([&, poster, i] { seen[poster].push_back(i); });
    });
  }
  for (std::thread& poster : posters) poster.join();
  running.settle();
  for (const auto& each : seen) {
    ASSERT_EQ(each.size(), 2'000u);
    for (int i = 0; i < 2'000; ++i) EXPECT_EQ(each[static_cast<std::size_t>(i)], i);
  }
}

TEST(EventLoop, ATaskThatPostsATaskDoesNotSleepBeforeIt) {
  RunningLoop running;
  std::promise<void> done;
  running.loop.post([&] { running.loop.post([&] { done.set_value(); }); });
  EXPECT_EQ(done.get_future().wait_for(10s), std::future_status::ready);
}

TEST(EventLoop, TellsOfEachPieceThatArrives) {
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(::pipe2(pipe_ends.data(), O_NONBLOCK | O_CLOEXEC), 0);
  Reader reader(pipe_ends[0]);
  {
    RunningLoop running;
    running.loop.post([&] { EXPECT_TRUE(running.loop.watch(pipe_ends[0], reader)); });
    running.settle();
    ASSERT_EQ(::write(pipe_ends[1], "ab", 2), 2);
    running.settle();
    ASSERT_EQ(::write(pipe_ends[1], "cd", 2), 2);
    EXPECT_EQ(reader.whole.get_future().get(), "abcd");
  }
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

// As between fork() and exec() of a program that this one starts: the child holds all descriptors.
TEST(EventLoop, TellsNobodyOfADescriptorThatOnlyAChildStillHolds) {
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(::pipe2(pipe_ends.data(), O_NONBLOCK | O_CLOEXEC), 0);
  const int of_child = ::dup(pipe_ends[0]);
  Reader reader(of_child);
  {
    RunningLoop running;
    running.loop.post([&] {
      EXPECT_TRUE(running.loop.watch(pipe_ends[0], reader));
      running.loop.forget(pipe_ends[0]);
      ::close(pipe_ends[0]);
    });
    running.settle();
    ASSERT_EQ(::write(pipe_ends[1], "a", 1), 1);
    running.settle();
    running.settle();
  }
  EXPECT_EQ(reader.seen, "");
  ::close(of_child);
  ::close(pipe_ends[1]);
}

TEST(EventLoop, GoesOnAfterATaskThatThrows) {
  RunningLoop running;
  running.loop.post([] { throw std::runtime_error("broken"); });
  running.settle();
  EXPECT_EQ(running.failed, "broken");
}

TEST(EventLoop, TicksWhileNothingHappensAndWhileMuchDoes) {
  RunningLoop running(1ms);
  while (running.ticks < 3) std::this_thread::sleep_for(1ms);
  const int before = running.ticks;
  while (running.ticks < before + 3) running.settle();
  EXPECT_GE(running.rounds, running.ticks);
}

TEST(EventLoop, RefusesWhatIsNoDescriptor) {
  EventLoop loop;
  Reader reader(-1);
  EXPECT_FALSE(loop.watch(-1, reader));
}

}  // namespace
}  // namespace icn::http
