#pragma once

#include "credentials/credential_metrics.h"
#include "economics/economics_metrics.h"
#include "governance/governance_metrics.h"
#include "governance/warning_signs.h"
#include "reputation/reputation_metrics.h"

namespace icn::node {

// What the domains count of durable blocks. Make it before the log runs (each listens to the ledger); it must
// outlive the ledger's writer and goes before the metrics.
struct DomainMetrics {
  DomainMetrics(ledger::Ledger& ledger, telemetry::Metrics& metrics, const Clock& clock,
                http::EventStream& events, const std::shared_ptr<Log>& log)
      : economics(ledger, metrics),
        governance(ledger, metrics),
        credentials(ledger, metrics),
        reputation(ledger, metrics),
        signs(ledger, clock, events, log) {}

  economics::EconomicsMetrics economics;
  governance::GovernanceMetrics governance;
  credentials::CredentialMetrics credentials;
  reputation::ReputationMetrics reputation;
  governance::WarningSigns signs;
};

}  // namespace icn::node
