#include "dag/api/context.h"

#include "codec/values.h"

namespace icn::dag::api {

Result<Did> acting_did(const Api& api, const http::Caller& caller, const std::optional<Did>& named) {
  const bool is_operator = caller.role == http::Role::kOperator;
  if (named) {
    if (api.custody.may_act_as(caller, *named)) return *named;
    return Error(errors::kForbidden, "these credentials may not act as " + named->text());
  }
  if (caller.dids && !caller.dids->empty()) return caller.dids->front();
  if (is_operator) return api.node_did;
  return Error(errors::kForbidden, "these credentials act for no DID: name one as `author`, or with --as");
}

Result<Cid> cid_parameter(const http::Request& request) {
  const std::string* text = http::find_parameter(request.path_parameters, "cid");
  ICN_ASSERT(text != nullptr);
  return Cid::parse(*text);
}

Result<bool> flag_parameter(const http::Request& request, std::string_view name, bool fallback) {
  const auto text = request.query_parameter(name);
  if (!text) return fallback;
  if (*text == "true" || text->empty()) return true;
  if (*text == "false") return false;
  return Error(errors::kMalformed, std::string(name) + ": must be true or false");
}

Result<Visibility> visibility_parameter(const http::Request& request) {
  const auto text = request.query_parameter("visibility");
  if (!text || *text == "private") return Visibility::kPrivate;
  if (*text == "public") return Visibility::kPublic;
  return Error(errors::kMalformed, "visibility: must be private or public");
}

}  // namespace icn::dag::api
