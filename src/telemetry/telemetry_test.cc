#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>
#include <thread>

#include "telemetry/metrics.h"
#include "telemetry/performance_histogram.h"
#include "telemetry/process.h"
#include "telemetry/trace_context.h"

namespace icn::telemetry {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MetricsTest, NamesFollowTheConventionsOfPrometheus) {
  std::set<std::string_view> names;
  for (const MetricInfo& info : metric_table()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_TRUE(std::regex_match(std::string(info.name), std::regex("icn_[a-z0-9_]+"))) << info.name;
    EXPECT_EQ(info.kind == MetricKind::kCounter, info.name.ends_with("_total")) << info.name;
    if (info.kind == MetricKind::kHistogram) {
      EXPECT_TRUE(info.name.ends_with("_seconds")) << info.name;
    }
    EXPECT_FALSE(info.help.empty()) << info.name;
  }
}

TEST(MetricsTest, RendersWhatWasCounted) {
  const ManualClock clock;
  Metrics metrics(clock);
  metrics.counter(Metric::auth_failures).add();
  metrics.counter(Metric::auth_failures).add(2);
  metrics.counter(Metric::host_calls, {"store_dag_block"}).add(5);
  metrics.gauge(Metric::mesh_jobs_active).add(3);
  metrics.gauge(Metric::mesh_jobs_active).add(-1);
  Histogram& compile = metrics.histogram(Metric::wasm_compile);
  compile.observe_ns(1'000'000);       // on the bound of 0.001
  compile.observe_ns(1'000'001);       // above it
  compile.observe_ns(60'000'000'000);  // above all
  const std::string text = metrics.render();
  EXPECT_THAT(text, HasSubstr("# HELP icn_auth_failures_total Requests with bad credentials.\n"
                              "# TYPE icn_auth_failures_total counter\n"
                              "icn_auth_failures_total 3\n"));
  EXPECT_THAT(text, HasSubstr("icn_host_calls_total{fn=\"store_dag_block\"} 5\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE icn_mesh_jobs_active gauge\nicn_mesh_jobs_active 2\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE icn_wasm_compile_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("icn_wasm_compile_seconds_bucket{le=\"0.0005\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("icn_wasm_compile_seconds_bucket{le=\"0.001\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("icn_wasm_compile_seconds_bucket{le=\"0.0025\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("icn_wasm_compile_seconds_bucket{le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("icn_wasm_compile_seconds_count 3\n"));
  EXPECT_THAT(text, HasSubstr("icn_wasm_compile_seconds_sum 60.002"));
  EXPECT_THAT(text, Not(HasSubstr("icn_dag_pins"))) << "nobody counts these";
}

TEST(MetricsTest, RendersTheProcess) {
  ManualClock clock(1'700'000'000'000);
  Metrics metrics(clock);
  clock.advance(std::chrono::seconds(90));
  const std::string text = metrics.render();
  EXPECT_THAT(text, HasSubstr("icn_process_start_time 1700000000\n"));
  EXPECT_THAT(text, HasSubstr("icn_process_uptime 90\n"));
  EXPECT_THAT(text, HasSubstr("icn_build_info{version=\"" ICN_VERSION "\"} 1\n"));
  EXPECT_GT(resident_memory_bytes(), 1'000'000u);
  EXPECT_LT(resident_memory_bytes(), 10'000'000'000u);
}

TEST(MetricsTest, CpuRatioIsTimeUsedOverTimePassed) {
  const SystemClock clock;
  ProcessMetrics process(clock);
  const std::uint64_t until = clock.monotonic_ns() + 100'000'000;
  while (clock.monotonic_ns() < until) {
  }
  for (const Family& family : process.read()) {
    if (family.metric != Metric::process_cpu_ratio) continue;
    EXPECT_GT(family.samples[0].value, 0.05);
    EXPECT_LT(family.samples[0].value, 1.5) << "one thread spins";
  }
}

TEST(MetricsTest, EveryLineHasTheShapeOfTheTextFormat) {
  const ManualClock clock;
  Metrics metrics(clock);
  metrics.counter(Metric::wasm_traps, {"quote \" backslash \\ newline \n end"}).add();
  metrics.histogram(Metric::storage_op, {"memory", "write"}).observe_ns(5);
  std::istringstream text(metrics.render());
  const std::regex shape(
      "# (HELP|TYPE) [a-z0-9_]+ .+|"
      "[a-z0-9_]+(\\{[a-z_]+=\"([^\"\\\\]|\\\\.)*\"(,[a-z_]+=\"([^\"\\\\]|\\\\.)*\")*\\})? [0-9.e+-]+");
  int lines = 0;
  for (std::string line; std::getline(text, line); ++lines) {
    EXPECT_TRUE(std::regex_match(line, shape)) << line;
  }
  EXPECT_GT(lines, 30);
}

TEST(MetricsTest, CollectorsAreRenderedUntilTheirHandleGoes) {
  const ManualClock clock;
  Metrics metrics(clock);
  metrics.counter(Metric::api_requests, {"GET", "/a", "200"}).add(1);
  auto handle = metrics.add_collector([] {
    HistogramValue times;
    times.counts[0] = 2;
    times.sum_seconds = 0.5;
    return std::vector<Family>{{Metric::api_requests, {{{"GET", "/b", "200"}, 7, {}}}},
                               {Metric::api_request_duration, {{{"GET", "/b", "200"}, 0, times}}}};
  });
  const std::string text = metrics.render();
  EXPECT_THAT(text, HasSubstr("icn_api_requests_total{method=\"GET\",route=\"/b\",status=\"200\"} 7\n"));
  EXPECT_THAT(text, HasSubstr("icn_api_requests_total{method=\"GET\",route=\"/a\",status=\"200\"} 1\n"));
  EXPECT_THAT(
      text,
      HasSubstr("icn_api_request_duration_seconds_sum{method=\"GET\",route=\"/b\",status=\"200\"} 0.5"));
  const std::string type = "# TYPE icn_api_requests_total";
  EXPECT_EQ(text.find(type), text.rfind(type)) << "one family, however many report it";
  handle.reset();
  EXPECT_THAT(metrics.render(), Not(HasSubstr("route=\"/b\"")));
}

TEST(MetricsTest, NothingIsLostWhenManyThreadsCount) {
  const ManualClock clock;
  Metrics metrics(clock);
  Counter& counter = metrics.counter(Metric::dag_put);
  Histogram& histogram = metrics.histogram(Metric::dag_prune);
  PerformanceHistogram performance;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (std::uint64_t n = 0; n < 20'000; ++n) {
        counter.add();
        histogram.observe_ns(n);
        performance.record_ns(n);
        if (n % 5'000 == 0) metrics.render();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter.value(), 80'000u);
  EXPECT_EQ(histogram.value().counts[0], 80'000u);
  EXPECT_EQ(performance.count(), 80'000u);
  EXPECT_EQ(performance.max_ns(), 19'999u);
}

TEST(MetricsTest, AnEndlessSupplyOfLabelValuesIsBounded) {
  const ManualClock clock;
  Metrics metrics(clock);
  for (int i = 0; i < 1'500; ++i) metrics.counter(Metric::wasm_traps, {std::to_string(i)}).add();
  EXPECT_EQ(metrics.counter(Metric::wasm_traps, {"other"}).value(), 500u);
}

TEST(PerformanceHistogramTest, PercentilesAreRightToOneInSixteen) {
  PerformanceHistogram histogram;
  EXPECT_EQ(histogram.percentile_ns(99), 0u);
  for (std::uint64_t i = 1; i <= 100'000; ++i) histogram.record_ns(i * 37);
  for (double percent : {0.1, 1.0, 25.0, 50.0, 95.0, 99.0, 99.9, 100.0}) {
    const double exact = 37.0 * 100'000 * percent / 100;
    const auto found = static_cast<double>(histogram.percentile_ns(percent));
    EXPECT_GE(found, exact) << percent;
    EXPECT_LE(found, exact * (1 + 1.0 / 16)) << percent;
  }
  EXPECT_EQ(histogram.percentile_ns(100), 3'700'000u);
  EXPECT_DOUBLE_EQ(histogram.mean_ns(), 37.0 * 100'001 / 2);
}

TEST(PerformanceHistogramTest, EveryPowerOfTwoAndItsNeighboursFallIntoATightBucket) {
  for (int power = 0; power < 64; ++power) {
    for (int step : {-1, 0, 1}) {
      const std::uint64_t value = (std::uint64_t{1} << power) + static_cast<std::uint64_t>(step);
      PerformanceHistogram histogram;
      histogram.record_ns(value);
      histogram.record_ns(~std::uint64_t{0});  // so that the maximum does not hide the bucket's bound
      const std::uint64_t found = histogram.percentile_ns(50);
      if (value >= std::uint64_t{1} << 40) {
        EXPECT_EQ(found, (std::uint64_t{1} << 40) - 1);
      } else {
        EXPECT_GE(found, value);
        EXPECT_LE(found, value + value / 16);
      }
    }
  }
}

TEST(PerformanceHistogramTest, MergingIsCountingTogether) {
  PerformanceHistogram left;
  PerformanceHistogram right;
  PerformanceHistogram both;
  SeededRandom random(1);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t value = random.below(std::uint64_t{1} << random.below(36));
    (i % 3 == 0 ? left : right).record_ns(value);
    both.record_ns(value);
  }
  left.merge(right);
  EXPECT_EQ(left.count(), 10'000u);
  EXPECT_EQ(left.max_ns(), both.max_ns());
  for (double percent : {1.0, 50.0, 95.0, 99.0}) {
    EXPECT_EQ(left.percentile_ns(percent), both.percentile_ns(percent));
  }
  HistogramValue of_left;
  HistogramValue of_both;
  left.add_to(of_left);
  both.add_to(of_both);
  EXPECT_EQ(of_left.counts, of_both.counts);
}

TEST(PerformanceHistogramTest, GivesBucketsForPrometheus) {
  PerformanceHistogram histogram;
  histogram.record_ns(20'000);           // 20 us: first bucket
  histogram.record_ns(700'000);          // 0.7 ms: up to 0.001
  histogram.record_ns(100'000'000'000);  // 100 s: above all
  HistogramValue value;
  histogram.add_to(value);
  EXPECT_EQ(value.counts[0], 1u);
  EXPECT_EQ(value.counts[4], 1u);
  EXPECT_EQ(value.counts.back(), 1u);
  EXPECT_NEAR(value.sum_seconds, 100.00072, 1e-9);
}

// W3C Trace Context, 3.2.2 and the cases of its test suite (test_traceparent_*).
TEST(TraceContextTest, ReadsWhatTheStandardAllows) {
  const std::string good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto context = parse_traceparent(good);
  ASSERT_TRUE(context.has_value());
  EXPECT_TRUE(context->sampled());
  EXPECT_EQ(context->traceparent(), good);
  EXPECT_TRUE(parse_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").has_value());
  EXPECT_TRUE(parse_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more").has_value());
  EXPECT_FALSE(parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")->sampled());
}

TEST(TraceContextTest, RefusesEverythingElse) {
  for (const char* header : {"", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.",
                             "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what",
                             "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                             "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                             "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                             "0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                             "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}) {
    EXPECT_FALSE(parse_traceparent(header).has_value()) << header;
  }
}

TEST(TraceContextTest, StepsShareTheirTrace) {
  SeededRandom random(1);
  const TraceContext parent = make_trace(random, true);
  const TraceContext child = parent.child(random);
  EXPECT_EQ(child.trace_id, parent.trace_id);
  EXPECT_NE(child.span_id, parent.span_id);
  EXPECT_TRUE(child.sampled());
  EXPECT_EQ(parse_traceparent(child.traceparent()), child);
  EXPECT_NE(make_trace(random, false).trace_id, parent.trace_id);
}

}  // namespace
}  // namespace icn::telemetry
