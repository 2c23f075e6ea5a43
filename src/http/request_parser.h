#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "http/message.h"

namespace icn::http {

struct ParserLimits {
  std::size_t header_bytes_max = 8192;
  std::size_t headers_max = 64;
};

// HTTP/1.x requests out of a stream of bytes, one after another. Thread: one at a time.
class RequestParser {
 public:
  enum class Step {
    kNeedMore,  // all that can be used was used
    kHead,      // the head is complete: say where the body goes, then feed on
    kDone,      // the request is complete
    kFailed,    // see failure(); the connection cannot go on
  };
  struct Fed {
    std::size_t consumed;
    Step step;
  };

  explicit RequestParser(const ParserLimits& limits);
  ~RequestParser();

  // Starts the next request. `request` is fresh and must live until kDone or the next begin().
  void begin(Request& request);
  // Feeds bytes; what was not consumed comes again, with more behind it. After kHead of a request
  // without a body the next call answers kDone and consumes nothing.
  Fed feed(std::string_view bytes);

  // After kHead. Body bytes go to request.body unless a sink is set; more than `bytes_max` fails (413).
  void set_body_max(std::uint64_t bytes_max);
  void set_body_sink(std::function<Result<void>(ByteView)> sink);
  std::optional<std::uint64_t> content_length() const;  // 0 without a body; none: chunked
  bool keeps_alive() const;
  bool expects_continue() const;

  // Ends a request whose body waits for the end of a line (a chunk's size, trailers) that is too long.
  void refuse_line();
  // Ends a request whose body is refused while it comes.
  void refuse_body(const Error& error);

  // The answer to a request that kFailed or was refused.
  Response failure() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace icn::http
