#include "identity/api/export_key.h"

namespace icn::identity::api {

Result<ExportKey::Output> ExportKey::handle(Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(secret, api.custody.export_once(call.caller(), input.did));
  api.log->warn("the key of {} was exported to caller {}", input.did.text(), call.caller().id);
  return Output{input.did, std::move(secret)};
}

}  // namespace icn::identity::api
