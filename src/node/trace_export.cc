#include "node/trace_export.h"

#include "http/client.h"

namespace icn::node {
namespace {

constexpr std::uint64_t kSayAgainMs = 60'000;

// Sends batches from the tracer's thread.
class Exporter {
 public:
  Exporter(http::Client client, telemetry::ResourceAttributes resource, const Clock& clock,
           std::shared_ptr<Log> log)
      : client_(std::move(client)), resource_(std::move(resource)), clock_(clock), log_(std::move(log)) {}

  void send(const std::vector<telemetry::Span>& spans) {
    const auto answer = client_.post("/v1/traces", telemetry::otlp_json(spans, resource_));
    if (answer.ok() && answer->status / 100 == 2) return;
    lost_ += spans.size();
    const std::uint64_t now_ms = clock_.now_ms();
    if (said_ms_ != 0 && now_ms < said_ms_ + kSayAgainMs) return;
    said_ms_ = now_ms;
    log_->warn("trace.endpoint: {} spans were not taken: {}", lost_,
               answer.ok() ? "status " + std::to_string(answer->status) : answer.error().detail());
    lost_ = 0;
  }

 private:
  http::Client client_;
  const telemetry::ResourceAttributes resource_;
  const Clock& clock_;
  const std::shared_ptr<Log> log_;
  std::size_t lost_ = 0;
  std::uint64_t said_ms_ = 0;
};

}  // namespace

Result<void> Tracing::open(const config::Settings& settings, const Did& node, const Clock& clock,
                           Random& random, const std::shared_ptr<Log>& log) {
  ICN_TRY_ASSIGN(made, make_tracer(settings, node, clock, random, log));
  tracer = std::move(made);
  if (tracer) jobs = std::make_unique<mesh::JobTraces>(*tracer, clock);
  return {};
}

void Tracing::stop() {
  if (tracer) tracer->stop();
}

Result<std::unique_ptr<telemetry::Tracer>> make_tracer(const config::Settings& settings, const Did& node,
                                                       const Clock& clock, Random& random,
                                                       const std::shared_ptr<Log>& log) {
  if (settings.trace_endpoint.empty()) return std::unique_ptr<telemetry::Tracer>();
  http::ClientOptions client_options;
  client_options.timeout_ms = 5'000;
  auto client = http::Client::make(settings.trace_endpoint, client_options);
  if (!client.ok()) return client.error().within("trace.endpoint");
  const auto exporter =
      std::make_shared<Exporter>(std::move(*client),
                                 telemetry::ResourceAttributes{{"service.name", "icn"},
                                                               {"service.version", ICN_VERSION},
                                                               {"service.instance.id", node.text()},
                                                               {"icn.node_name", settings.node_name},
                                                               {"icn.network_id", settings.network_id}},
                                 clock, log);
  telemetry::Tracer::Options options;
  options.sample_ppm = settings.trace_sample_ppm;
  options.callers_per_sec = settings.trace_callers_per_sec;
  return std::make_unique<telemetry::Tracer>(
      [exporter](const std::vector<telemetry::Span>& spans) { exporter->send(spans); }, clock, random,
      options);
}

}  // namespace icn::node
