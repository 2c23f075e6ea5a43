#pragma once

#include "credentials/credential_metrics.h"
#include "economics/economics_metrics.h"
#include "governance/governance_metrics.h"
#include "reputation/reputation_metrics.h"

namespace icn::node {

// What the domains count of durable blocks. Make it before the log runs (each listens to the ledger); it must
// outlive the ledger's writer and goes before the metrics.
struct DomainMetrics {
  DomainMetrics(ledger::Ledger& ledger, telemetry::Metrics& metrics)
      : economics(ledger, metrics),
        governance(ledger, metrics),
        credentials(ledger, metrics),
        reputation(ledger, metrics) {}

  economics::EconomicsMetrics economics;
  governance::GovernanceMetrics governance;
  credentials::CredentialMetrics credentials;
  reputation::ReputationMetrics reputation;
};

}  // namespace icn::node
