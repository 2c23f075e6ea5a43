#include "dag/api/export_car.h"

#include "dag/car_walk.h"

namespace icn::dag::api {

void ExportCar::handle(const Api& api, http::ExchangePtr exchange) {
  const http::Request& request = exchange->request();
  const auto cid = cid_parameter(request);
  if (!cid.ok()) return exchange->reply(cid.error());
  const auto root = api.access.get(request.caller, *cid);
  if (!root.ok()) return exchange->reply(root.error());
  const auto walk = std::make_shared<CarWalk>(
      [&api, caller = request.caller](const Cid& each) { return api.access.get(caller, each); },
      std::vector<Cid>(), *cid, CarShape());
  auto response = http::Response::stream("application/vnd.ipld.car; version=1; order=dfs; dups=n",
                                         {[walk] { return walk->next(); }, std::nullopt});
  response.headers.emplace_back("Content-Disposition",
                                "attachment; filename=\"" + cid->to_string() + ".car\"");
  exchange->reply(std::move(response));
}

}  // namespace icn::dag::api
