#include "economics/api/get_supply.h"

namespace icn::economics::api {
namespace {

GetSupply::Output output_of(const SupplyAudit::Counted& counted) {
  const SupplyReport& report = counted.report;
  GetSupply::Output output;
  output.regenerated = report.supply.regenerated;
  output.granted = report.supply.granted;
  output.burned = report.supply.burned;
  output.trimmed = report.supply.trimmed;
  output.balances = report.balances;
  output.locked = report.locked;
  output.held = report.held;
  output.accounts = report.accounts;
  output.consistent = report.is_consistent;
  if (!report.is_consistent) output.detail = report.detail;
  output.as_of = counted.at;
  output.height = counted.height;
  return output;
}

}  // namespace

void GetSupply::handle(const Api& api, const http::Call&, Input, http::Reply<Output> reply) {
  api.audit.ask([reply = std::move(reply)](const Result<SupplyAudit::Counted>& counted) {
    if (!counted.ok()) return reply(counted.error());
    reply(output_of(*counted));
  });
}

}  // namespace icn::economics::api
