#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "http/client.h"

namespace icn::http {

// One HTTP/1.x response out of a stream of bytes.
class ResponseParser {
 public:
  // Body bytes go to `take` when the head is there; false stops.
  using TakeBody = std::function<bool(const ClientResponse& head, std::string_view bytes)>;
  ResponseParser(bool is_answer_to_head, TakeBody take);
  ~ResponseParser();

  // Feeds all of `bytes` (and keeps what cannot be used yet). Error: kBadResponse.
  Result<void> feed(std::string_view bytes);
  // The server has closed. Error: kBadResponse when that cuts the response off.
  Result<void> finish();
  bool is_done() const;
  bool was_stopped() const;  // `take` answered false
  bool keeps_alive() const;
  ClientResponse& response();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace icn::http
