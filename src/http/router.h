#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "http/route.h"

namespace icn::http {

// All routes by path. Built once, then read by every thread without a lock.
// A literal segment wins over a {name} at its place, and both over a {name...}, which stands last and takes
// all that follows its '/', decoded, also nothing. Two routes of one method and path abort: the table is
// wrong.
class Router {
 public:
  explicit Router(std::vector<Route> routes);
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  struct Match {
    const Route* route = nullptr;  // null: 404, or 405 when `allow` is not empty
    std::size_t index = 0;         // of the route in routes()
    std::string_view allow;        // "GET, HEAD": what the path takes; empty: no such path
  };
  // `path` is percent-encoded; a decoded parameter may contain '/'. HEAD finds the GET route.
  // Fills `parameters` only when a route is found.
  Match find(Method method, std::string_view path, Parameters& parameters) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Segment;
  std::vector<Route> routes_;
  std::unique_ptr<Segment> root_;
};

}  // namespace icn::http
