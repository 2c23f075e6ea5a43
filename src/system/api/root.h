#pragma once

#include "system/context.h"

namespace icn::system::api {

// GET /. Who comes with a browser is sent on to the page that describes the interface.
struct GetRoot {
  struct Output {
    std::string name;
    std::string version;
    std::string network_id;
    Did node_did;
    std::string documentation;
    std::string openapi;
    std::string info;
    std::string vote;
    static constexpr std::string_view schema_name = "Root";
    static constexpr auto fields() {
      using codec::field;
      return described(field("name", &Output::name), field("version", &Output::version),
                       field("network_id", &Output::network_id), field("node_did", &Output::node_did),
                       field("documentation", &Output::documentation, "path of a page to read and try"),
                       field("openapi", &Output::openapi, "path of the OpenAPI document"),
                       field("info", &Output::info, "path of what this node is"),
                       field("vote", &Output::vote, "path of the page members vote on"));
    }
  };
  static constexpr std::string_view summary = "What answers here, and where it is described";
  static http::Response handle(const Api& api, const http::Request& request);
};

}  // namespace icn::system::api
