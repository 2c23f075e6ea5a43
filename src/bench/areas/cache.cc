#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include "base/errors.h"
#include "bench/area.h"
#include "bench/program.h"
#include "bench/temporary_folder.h"
#include "http/answer_cache.h"
#include "http/shared_answers.h"

namespace icn::bench {
namespace {

constexpr std::size_t kAnswers = 1'000;
constexpr std::size_t kBodyBytes = 700;  // a DID document

using SteadyClock = std::chrono::steady_clock;

// A Redis server of its own that listens on a socket in a temporary folder and nowhere else.
class RedisProcess {
 public:
  explicit RedisProcess(const std::filesystem::path& folder) : socket_((folder / "redis.sock").string()) {
    const std::string log = (folder / "redis.log").string();
    const std::string where = folder.string();
    process_ = ::fork();
    if (process_ != 0) return;
    ::execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", socket_.c_str(), "--save", "",
             "--appendonly", "no", "--dir", where.c_str(), "--logfile", log.c_str(), nullptr);
    _exit(127);
  }
  ~RedisProcess() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
  }
  RedisProcess(const RedisProcess&) = delete;
  RedisProcess& operator=(const RedisProcess&) = delete;
  std::string url() const { return "unix://" + socket_; }

 private:
  std::string socket_;
  pid_t process_ = -1;
};

http::AnswerVersion version_of(std::size_t number) {
  http::AnswerVersion version(7);
  version.place = number + 1;
  version.known_height = 7;
  return version;
}

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < kAnswers; ++i)
    out.push_back("/identity/did/did:icn:person:ViTnb9Fs6kVESvnc2pL" + std::to_string(1'000 + i) + "\n*/*");
  return out;
}

// Microseconds of one `once(number)`, in batches over `seconds`: the middle batch, which a busy machine
// disturbs least.
Result<double> middle_us(double seconds, std::size_t batch, const std::function<bool(std::size_t)>& once) {
  const SteadyClock::time_point begin = SteadyClock::now();
  const auto end =
      begin + std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(seconds));
  std::vector<double> batches;
  std::size_t count = 0;
  while (SteadyClock::now() < end || batches.empty()) {
    const SteadyClock::time_point start = SteadyClock::now();
    for (std::size_t i = 0; i < batch; ++i, ++count) {
      if (!once(count * 7919 % kAnswers))
        return Error(errors::kInternal, "an answer that was kept is not there");
    }
    batches.push_back(std::chrono::duration<double, std::micro>(SteadyClock::now() - start).count() /
                      static_cast<double>(batch));
  }
  std::ranges::nth_element(batches, batches.begin() + static_cast<std::ptrdiff_t>(batches.size() / 2));
  return batches[batches.size() / 2];
}

Result<void> memory_row(const Bench& bench, const std::vector<std::string>& all) {
  http::AnswerCache cache({.bytes_max = 64 << 20});
  for (std::size_t i = 0; i < kAnswers; ++i) {
    http::Response response = http::Response::json(std::string(kBodyBytes, 'x'));
    cache.keep(all[i], version_of(i), response, 0);
  }
  ICN_TRY_ASSIGN(us, middle_us(static_cast<double>(bench.seconds), kAnswers, [&](std::size_t number) {
                   return cache.find(all[number], version_of(number), 0).has_value();
                 }));
  bench.add(fixed_row(TargetId::kCacheHit, us, "1,000 answers of 700 B, one thread"));
  return {};
}

Result<void> redis_row(const Bench& bench, const std::vector<std::string>& all) {
  if (!has_program("redis-server")) {
    bench.add(missing_row(TargetId::kRedisHit, "redis-server is not installed (`make bench` installs it)"));
    return {};
  }
  ICN_TRY_ASSIGN(folder, TemporaryFolder::make());
  const RedisProcess server(folder.path());
  storage::RedisOptions options;
  options.url = server.url();
  options.timeout_ms = 2'000;  // what takes long counts, and is no miss
  ICN_TRY_ASSIGN(redis, storage::RedisCache::make(options, make_silent_log()));
  redis->start({[](std::string_view) {}, [] {}});
  http::SharedAnswers shared(*redis, Bytes(32, 1));
  shared.set_generation("bench");
  const auto is_there = [&](std::size_t number) {
    return shared.find(all[number], version_of(number)).has_value();
  };
  for (int tries = 0; !redis->stats().is_listening && tries < 500; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  for (std::size_t i = 0; i < kAnswers; ++i)
    shared.keep(all[i], version_of(i), http::Response::json(std::string(kBodyBytes, 'x')));
  for (int tries = 0; !is_there(kAnswers - 1) && tries < 500; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ICN_TRY_ASSIGN(us, middle_us(static_cast<double>(bench.seconds), 20, is_there));
  bench.add(fixed_row(TargetId::kRedisHit, us / 1000,
                      "1,000 answers of 700 B, one thread, a socket of this machine"));
  return {};
}

}  // namespace

Result<void> run_cache(const Bench& bench) {
  const std::vector<std::string> all = names();
  ICN_TRY(memory_row(bench, all));
  return redis_row(bench, all);
}

}  // namespace icn::bench
