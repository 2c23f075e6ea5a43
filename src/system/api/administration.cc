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

void CreateApiKey::handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply) {
  api.api_keys.create(std::move(input.label), input.role, std::move(input.dids), input.expires_at,
                      api.node_writes, call.executor(), [reply](const Result<http::NewApiKey>& made) {
                        if (!made.ok()) return reply(made.error());
                        reply(Output{made->key, made->info});
                      });
}

void RevokeApiKey::handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply) {
  api.api_keys.revoke(input.id, api.node_writes, call.executor(),
                      [reply, id = input.id](const Result<void>& revoked) {
                        if (!revoked.ok()) return reply(revoked.error());
                        reply(Output{id, true});
                      });
}

}  // namespace icn::system::api
