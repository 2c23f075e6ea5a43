// The whole way of a request but the sockets: parser, router, dispatcher, typed decoding.
// What must hold: every complete request is answered exactly once with a status, whatever its bytes.

#include "http/dispatcher.h"
#include "http/request_parser.h"
#include "http/typed_route.h"

namespace icn::http {
namespace {

struct Everything {
  struct Input {
    std::string id;
    std::int64_t number = 0;
    std::optional<Millimana> price;
    std::optional<Bytes> data;
    std::optional<codec::HexBytes> hash;
    std::vector<std::string> list;
    std::map<std::string, bool> flags;
    std::optional<codec::Json> free;
    static constexpr auto fields() {
      using codec::defaulted_field, codec::field;
      return described(field("id", &Input::id, "", {1, 20}),
                       defaulted_field("number", &Input::number, "", {-5, 500}),
                       field("price", &Input::price), field("data", &Input::data),
                       field("hash", &Input::hash), defaulted_field("list", &Input::list, "", {0, 4}),
                       defaulted_field("flags", &Input::flags), field("free", &Input::free));
    }
  };
  using Output = Input;
  static constexpr std::string_view summary = "Everything";
  static Result<Output> handle(const Call& call, const Input& input) {
    if (call.query("fail")) return Error(errors::kRuleBroken);
    return input;
  }
};

struct NoServices {};

std::vector<Route> routes() {
  NoServices services;
  std::vector<Route> all;
  all.push_back(make_route<Everything>({Method::kGet, "/a/{id}", Access::kPublic, 0, "Get"}, services));
  all.push_back(make_route<Everything>({Method::kPost, "/a", Access::kPublic, 4096, "Post"}, services));
  all.push_back(
      make_route<Everything>({Method::kDelete, "/a/{id}/b", Access::kMember, 0, "Delete"}, services));
  return all;
}

void run(std::string_view bytes, std::size_t piece) {
  static const Router router(routes());
  static ManualClock clock;
  static const Dispatcher dispatcher([] {
    DispatcherParts parts;
    parts.router = &router;
    parts.clock = &clock;
    return parts;
  }());
  InlineExecutor executor;
  RequestParser parser({8192, 64});
  int answers = 0;
  ExchangePtr exchange;
  const auto begin = [&] {
    answers = 0;
    exchange = std::make_shared<Exchange>(executor, [&](const Response& response) {
      ++answers;
      ICN_ASSERT(response.status >= 200 && response.status < 600);
    });
    parser.begin(exchange->request());
  };
  begin();
  std::string unfinished;
  while (!bytes.empty()) {
    const std::size_t size = std::min(piece, bytes.size());
    unfinished += bytes.substr(0, size);
    bytes.remove_prefix(size);
    while (true) {
      const RequestParser::Fed fed = parser.feed(unfinished);
      ICN_ASSERT(fed.consumed <= unfinished.size());
      unfinished.erase(0, fed.consumed);
      if (fed.step == RequestParser::Step::kNeedMore) break;
      if (fed.step == RequestParser::Step::kFailed) {
        ICN_ASSERT(parser.failure().status >= 400);
        return;
      }
      if (fed.step == RequestParser::Step::kHead) {
        if (!dispatcher.admit(exchange, parser.content_length())) {
          ICN_ASSERT(answers == 1);
          return;
        }
        parser.set_body_max(exchange->request().route->body_bytes_max);
        continue;
      }
      dispatcher.run(exchange);
      ICN_ASSERT(answers == 1);
      if (!parser.keeps_alive()) return;
      begin();
    }
  }
}

}  // namespace
}  // namespace icn::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  // The first byte: in pieces of this size, so that requests are torn everywhere.
  icn::http::run(icn::as_text({data + 1, size - 1}), data[0] % 64 == 0 ? size : data[0] % 64);
  return 0;
}
