#include "identity/api/export_did.h"

#include "base/errors.h"
#include "identity/resolver.h"

namespace icn::identity::api {
namespace {

Result<http::Response> archive_of(const Api& api, const http::Request& request) {
  const std::string* text = http::find_parameter(request.path_parameters, "did");
  const Did did(text == nullptr ? "" : *text);
  ICN_TRY_ASSIGN(state, api.ledger.snapshot());
  ICN_TRY(resolve(*state, did));
  if (!api.custody.may_act_as(request.caller, did)) {
    return Error(errors::kForbidden, "only who may act as " + did.text() + " may take out its data");
  }
  const auto published = api.ledger.published();
  const ledger::BlockHeader& newest = published->head.header;
  ICN_TRY_ASSIGN(archive, export_did(*state, {did, newest.height, newest.time, {}, {}, {}}, api.export_parts,
                                     api.read_exported));
  http::Response response =
      http::Response::bytes("application/vnd.ipld.car; version=1; order=unk; dups=n", std::move(archive));
  response.headers.emplace_back("content-disposition", "attachment; filename=\"export.car\"");
  return response;
}

}  // namespace

http::Response ExportDid::handle(const Api& api, const http::Request& request) {
  const auto made = archive_of(api, request);
  return made.ok() ? *made : http::problem(made.error(), request);
}

}  // namespace icn::identity::api
