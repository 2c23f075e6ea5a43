#include "registry/routes.h"

#include "credentials/api/disclose.h"
#include "credentials/api/issue.h"
#include "credentials/api/list.h"
#include "credentials/api/revoke.h"
#include "credentials/api/schemas.h"
#include "credentials/api/verify.h"
#include "dag/api/export_car.h"
#include "dag/api/get_block.h"
#include "dag/api/get_ipfs.h"
#include "dag/api/import_car.h"
#include "dag/api/pins.h"
#include "dag/api/post_file.h"
#include "dag/api/put_block.h"
#include "dag/api/query_blocks.h"
#include "dag/api/upkeep.h"
#include "economics/api/get_balance.h"
#include "economics/api/get_explanation.h"
#include "economics/api/get_history.h"
#include "economics/api/get_supply.h"
#include "economics/api/post_grant.h"
#include "economics/api/post_transfer.h"
#include "federation/api/changes.h"
#include "federation/api/cooperatives.h"
#include "federation/api/init.h"
#include "federation/api/join.h"
#include "federation/api/peers.h"
#include "federation/api/status.h"
#include "federation/api/trust.h"
#include "governance/api/ballots.h"
#include "governance/api/count_ballots.h"
#include "governance/api/count_views.h"
#include "governance/api/delegations.h"
#include "governance/api/members.h"
#include "governance/api/parameters.h"
#include "governance/api/proposal_acts.h"
#include "governance/api/proposals.h"
#include "http/batch.h"
#include "http/typed_route.h"
#include "identity/api/change_did.h"
#include "identity/api/create_did.h"
#include "identity/api/export_did.h"
#include "identity/api/export_key.h"
#include "identity/api/get_did.h"
#include "identity/api/invitations.h"
#include "identity/api/open_session.h"
#include "ledger/api/blocks.h"
#include "ledger/api/checkpoints.h"
#include "ledger/api/transactions.h"
#include "mesh/api/bids.h"
#include "mesh/api/cancel_job.h"
#include "mesh/api/confirm_job.h"
#include "mesh/api/dispute_job.h"
#include "mesh/api/get_job.h"
#include "mesh/api/job_data.h"
#include "mesh/api/job_stream.h"
#include "mesh/api/market.h"
#include "mesh/api/submit_job.h"
#include "network/api/fetch_block.h"
#include "network/api/info.h"
#include "network/api/peers.h"
#include "system/api/administration.h"
#include "system/api/health.h"
#include "system/api/info.h"
#include "system/api/storage.h"
#include "system/api/streams.h"

namespace icn::registry {
namespace {

// "system::api::GetInfo" is the operation GetInfo.
constexpr std::string_view operation_name(std::string_view handler) {
  return handler.substr(handler.rfind(':') + 1);
}

}  // namespace

std::vector<http::Route> routes(Services& services) {
  std::vector<http::Route> out;
#define ROUTE(method, path, access, body_bytes_max, handler)                                        \
  out.push_back(http::make_route<handler>(                                                          \
      {http::Method::method, path, http::Access::access, body_bytes_max, operation_name(#handler)}, \
      services));
#include "registry/routes.def"
#undef ROUTE
  return out;
}

}  // namespace icn::registry
