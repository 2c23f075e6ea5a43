#include "system/api/administration.h"

namespace icn::system::api {

Result<GetConfig::Output> GetConfig::handle(const Api& api, const http::Call&, const Input&) {
  return Output{config::effective_toml(api.settings)};
}

Result<GetKeys::Output> GetKeys::handle(const Api& api, const http::Call&, const Input&) {
  return Output{api.node_did, api.node_key, api.node_key_text};
}

Result<ListApiKeys::Output> ListApiKeys::handle(const Api& api, const http::Call&, const Input&) {
  return Output{api.api_keys.list()};
}

Result<CreateApiKey::Output> CreateApiKey::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(made, api.api_keys.create(input.label, input.role, input.dids, input.expires_at));
  return Output{std::move(made.key), std::move(made.info)};
}

Result<RevokeApiKey::Output> RevokeApiKey::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY(api.api_keys.revoke(input.id));
  return Output{input.id, true};
}

}  // namespace icn::system::api
