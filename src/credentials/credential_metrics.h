#pragma once

#include "ledger/ledger.h"
#include "telemetry/metrics.h"

namespace icn::credentials {

// The icn_identity_credentials_* and icn_identity_proof* metrics (domain.md 14): credentials are counted from
// the events of durable blocks, verifications by who answers them. Make it before the log runs (it listens to
// the ledger); it must outlive the ledger's writer and goes before the metrics. Thread: any.
class CredentialMetrics {
 public:
  CredentialMetrics(ledger::Ledger& ledger, telemetry::Metrics& metrics);

  void count_verification(bool is_valid) { (is_valid ? verified_ : failures_).add(); }

 private:
  void take(const std::vector<ledger::Event>& events);

  telemetry::Counter& issued_;
  telemetry::Counter& revoked_;
  telemetry::Counter& verified_;
  telemetry::Counter& failures_;
};

}  // namespace icn::credentials
