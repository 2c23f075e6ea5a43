#pragma once

#include <string>
#include <vector>

#include "ledger/api/kept_writes.h"
#include "ledger/ordered_log.h"
#include "telemetry/metrics.h"

// What a node says of a ledger that may be behind the others', or that nobody can add to.
namespace icn::node {

// The header x-stale of answers to reads, a structured field (RFC 8941): "height=42, age=17", the newest
// block here and the seconds since it was the newest of all as far as this node knows. Empty: it is. Thread:
// any.
std::string staleness_field(const ledger::OrderedLog& log, const ledger::Ledger& ledger);

std::vector<telemetry::Family> ledger_families(const ledger::OrderedLog& log, const ledger::KeptWrites& kept);

}  // namespace icn::node
