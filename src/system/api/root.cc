#include "system/api/root.h"

namespace icn::system::api {

http::Response GetRoot::handle(const Api& api, const http::Request& request) {
  const std::string documentation = "/system/docs";
  if (request.headers.find("accept").value_or("").find("text/html") != std::string_view::npos) {
    http::Response response;
    response.status = 303;
    response.headers.emplace_back("location", documentation);
    return response;
  }
  return http::Response::json(codec::to_json_text(
      Output{api.settings.node_name, ICN_VERSION, api.ledger.published()->network.network, api.node_did,
             documentation, "/system/openapi.json", "/system/info", "/vote"}));
}

}  // namespace icn::system::api
