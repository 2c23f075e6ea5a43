#include "telemetry/tracer.h"

#include <gtest/gtest.h>

#include "codec/json.h"
#include "codec/utf8.h"

namespace icn::telemetry {
namespace {

// The example of W3C Trace Context 1, 3.2.2.
constexpr std::string_view kParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
constexpr std::string_view kUnsampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

class TracerTest : public ::testing::Test {
 protected:
  std::unique_ptr<Tracer> make(Tracer::Options options) {
    return std::make_unique<Tracer>(
        [this](const std::vector<Span>& batch) {
          batches_.push_back(batch.size());
          sent_.insert(sent_.end(), batch.begin(), batch.end());
        },
        clock_, random_, options);
  }

  ManualClock clock_{1'700'000'000'000};
  SeededRandom random_{7};
  std::vector<Span> sent_;  // read after stop()
  std::vector<std::size_t> batches_;
};

TEST_F(TracerTest, AStepBelowAnotherKeepsItsTrace) {
  const auto tracer = make({});
  auto span = tracer->begin("work", SpanKind::kServer, kParent);
  ASSERT_TRUE(span.has_value());
  EXPECT_EQ(hex_encode(span->context.trace_id), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(hex_encode(span->parent), "00f067aa0ba902b7");
  EXPECT_NE(span->context.span_id, span->parent);
  clock_.advance(std::chrono::milliseconds(25));
  tracer->end(*std::move(span));
  tracer->stop();
  ASSERT_EQ(sent_.size(), 1u);
  EXPECT_EQ(sent_[0].start_ns, 1'700'000'000'000'000'000u);
  EXPECT_EQ(sent_[0].end_ns - sent_[0].start_ns, 25'000'000u);
}

TEST_F(TracerTest, SamplingIsTheParentsOrItsOwn) {
  const auto all = make({});
  EXPECT_FALSE(all->begin("a", SpanKind::kInternal, kUnsampled).has_value());
  EXPECT_TRUE(all->begin("a", SpanKind::kInternal, "").has_value());
  EXPECT_TRUE(all->begin("a", SpanKind::kInternal, "nonsense").has_value());
  Tracer::Options none;
  none.sample_ppm = 0;
  const auto quiet = make(none);
  EXPECT_FALSE(quiet->begin("a", SpanKind::kInternal, "").has_value());
  EXPECT_TRUE(quiet->begin("a", SpanKind::kInternal, kParent).has_value());
  Tracer::Options half;
  half.sample_ppm = 500'000;
  const auto some = make(half);
  int sampled = 0;
  for (int i = 0; i < 2'000; ++i) sampled += some->begin("a", SpanKind::kInternal, "").has_value() ? 1 : 0;
  EXPECT_NEAR(sampled, 1'000, 150);
}

TEST_F(TracerTest, CallersAreFollowedSoOftenASecond) {
  Tracer::Options options;
  options.sample_ppm = 0;
  options.callers_per_sec = 3;
  const auto tracer = make(options);
  const auto follows = [&] { return tracer->begin_asked("a", SpanKind::kServer, kParent).has_value(); };
  for (int second = 0; second < 2; ++second) {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(follows());
    EXPECT_FALSE(follows());
    EXPECT_TRUE(tracer->begin("below", SpanKind::kInternal, kParent).has_value());  // of a step of ours
    clock_.advance(std::chrono::seconds(1));
  }
  options.callers_per_sec = 0;
  EXPECT_FALSE(make(options)->begin_asked("a", SpanKind::kServer, kParent).has_value());
  options.sample_ppm = 1'000'000;
  EXPECT_TRUE(make(options)->begin_asked("a", SpanKind::kServer, kParent).has_value());
  EXPECT_FALSE(make(options)->begin_asked("a", SpanKind::kServer, kUnsampled).has_value());
}

TEST_F(TracerTest, SendsInBatchesAndDropsWhatIsTooMuch) {
  Tracer::Options options;
  options.waiting_max = 10;
  options.batch_max = 4;
  options.gather_ms = 60'000;
  std::mutex blocked;
  blocked.lock();
  Tracer tracer(
      [&](const std::vector<Span>& batch) {
        const std::lock_guard lock(blocked);
        batches_.push_back(batch.size());
      },
      clock_, random_, options);
  for (int i = 0; i < 100; ++i) tracer.end(*tracer.begin("a", SpanKind::kInternal, ""));
  EXPECT_GE(tracer.dropped(), 100u - 10 - 4 - 4);
  blocked.unlock();
  tracer.stop();
  std::size_t sent = 0;
  for (const std::size_t size : batches_) {
    EXPECT_LE(size, 4u);
    sent += size;
  }
  EXPECT_EQ(sent + tracer.dropped(), 100u);
  tracer.end(*tracer.begin("late", SpanKind::kInternal, ""));
  EXPECT_EQ(sent + tracer.dropped(), 101u);
}

// Names and forms: opentelemetry-proto, trace/v1/trace.proto and the OTLP specification's JSON mapping.
TEST(Otlp, WritesTheJsonEncoding) {
  Span span;
  span.context = *parse_traceparent("00-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-01");
  span.parent = parse_traceparent("00-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b173-01")->span_id;
  span.name = "I'm a server span";
  span.kind = SpanKind::kServer;
  span.start_ns = 1544712660000000000u;
  span.end_ns = 1544712661000000000u;
  span.attributes = {{"my.span.attr", "some value"}};
  span.error = "bad";
  EXPECT_EQ(otlp_json({span}, {{"service.name", "my.service"}}),
            R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":)"
            R"("my.service"}}]},"scopeSpans":[{"scope":{"name":"icn"},"spans":[{"traceId":)"
            R"("5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"I'm a server span",)"
            R"("kind":2,"startTimeUnixNano":"1544712660000000000","endTimeUnixNano":"1544712661000000000",)"
            R"("attributes":[{"key":"my.span.attr","value":{"stringValue":"some value"}}],)"
            R"("parentSpanId":"eee19b7ec3c1b173","status":{"code":2,"message":"bad"}}]}]}]})");
}

// A path may hold any bytes, and is cut: a collector refuses a batch that is no UTF-8 (RFC 8259, 8.1).
TEST(Otlp, WritesTextWhateverAStrangerSent) {
  Span span;
  span.name = "GET /\xff";
  span.attributes = {{"url.path", "/caf\xc3\xa9"}, {"url.path", "/caf\xc3"}};
  span.error = "\x80";
  const std::string json = otlp_json({span}, {});
  EXPECT_TRUE(codec::is_utf8(json));
  EXPECT_NE(json.find("\"/caf\xc3\xa9\""), std::string::npos);
  EXPECT_NE(json.find("\"/caf?\""), std::string::npos);
  EXPECT_NE(json.find("\"GET /?\""), std::string::npos);
}

}  // namespace
}  // namespace icn::telemetry
