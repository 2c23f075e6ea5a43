#include "governance/api/context.h"

#include <algorithm>

#include "base/errors.h"
#include "ledger/state.h"

namespace icn::governance::api {

Result<Moment> moment_of(const Api& api, const ledger::Reader& state) {
  Moment out;
  out.published = api.ledger.published();
  ICN_TRY_ASSIGN(clock, ledger::kClock.get(state, "clock"));
  out.block.network = out.published->network.network;
  out.block.height = out.published->head.header.height;
  out.block.time = std::max(api.clock.now_secs(), out.published->head.header.time);
  out.block.standstill_secs = clock ? clock->standstill_secs : 0;
  out.block.parameters = &out.published->parameters;
  return out;
}

dag::Texts texts_of(const Api& api, const http::Call& call, Did author) {
  return dag::Texts({api.blocks, api.clock, api.random, api.announce}, call.executor(),
                    dag::public_act(std::move(author)));
}

Result<void> path_matches(const http::Request& request, const codec::Json& transaction,
                          std::string_view member) {
  const std::string* id = http::find_parameter(request.path_parameters, "id");
  const codec::Json* fields = transaction.find("body");
  const codec::Json* named = fields == nullptr ? nullptr : fields->find(member);
  if (id != nullptr && named != nullptr && named->string() != nullptr && *named->string() == *id) return {};
  return Error(errors::kMalformed, "body." + std::string(member) + ": must be that of the path");
}

}  // namespace icn::governance::api
