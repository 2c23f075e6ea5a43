#include "credentials/credential_metrics.h"

#include "credentials/operations.h"

namespace icn::credentials {

using telemetry::Metric;

CredentialMetrics::CredentialMetrics(ledger::Ledger& ledger, telemetry::Metrics& metrics)
    : issued_(metrics.counter(Metric::identity_credentials_issued)),
      revoked_(metrics.counter(Metric::identity_credentials_revoked)),
      verified_(metrics.counter(Metric::identity_proofs_verified)),
      failures_(metrics.counter(Metric::identity_proof_failures)) {
  ledger.listen([this](const ledger::Published&, const std::vector<ledger::Event>& events) { take(events); });
}

// The status is the last member of the event, so that searching does in place of parsing.
void CredentialMetrics::take(const std::vector<ledger::Event>& events) {
  for (const ledger::Event& event : events) {
    if (event.type == kCredentialIssued) issued_.add();
    if (event.type == kCredentialStatusChanged && event.data.ends_with("\"status\":\"revoked\"}"))
      revoked_.add();
  }
}

}  // namespace icn::credentials
