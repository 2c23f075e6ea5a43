#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/errors.h"
#include "http/openapi.h"
#include "http/router.h"
#include "http/typed_route.h"

namespace icn::http {
namespace {

using testing::HasSubstr;

enum class Order { kUp, kDown };
constexpr auto enum_names(Order) {
  return std::array{std::pair(Order::kUp, std::string_view("up")),
                    std::pair(Order::kDown, std::string_view("down"))};
}

struct Counters {
  int calls = 0;
};

struct GetThing {
  struct Input {
    std::string id;
    std::uint32_t limit = 50;
    std::optional<bool> full;
    std::vector<std::string> kinds;
    std::optional<Order> order;
    static constexpr auto fields() {
      using codec::defaulted_field, codec::field;
      return described(field("id", &Input::id, "which", {1, 20}),
                       defaulted_field("limit", &Input::limit, "", {1, 200}), field("full", &Input::full),
                       defaulted_field("kinds", &Input::kinds, "", {0, 3}), field("order", &Input::order));
    }
  };
  struct Output {
    std::string text;
    static constexpr std::string_view schema_name = "Thing";
    static constexpr auto fields() { return described(codec::field("text", &Output::text)); }
  };
  static constexpr std::string_view summary = "One thing";
  static Result<Output> handle(Counters& counters, const Call& call, const Input& input) {
    ++counters.calls;
    if (input.id == "none") return Error(errors::kNotFound, "no thing " + input.id);
    std::string text =
        input.id + " " + std::to_string(input.limit) + (input.full.value_or(false) ? " full" : "");
    for (const std::string& kind : input.kinds) text += " " + kind;
    if (input.order) text += " " + std::string(codec::enum_name(*input.order));
    return Output{text + call.query("extra").value_or("")};
  }
};

struct MakeThing {
  struct Input {
    std::string id;
    Millimana price;
    std::optional<std::string> note;
    static constexpr auto fields() {
      using codec::field;
      return described(field("id", &Input::id, "", {1, 20}), field("price", &Input::price, "mana", {1, 5000}),
                       field("note", &Input::note));
    }
  };
  using Output = GetThing::Output;
  static constexpr std::string_view summary = "Make a thing";
  static constexpr int success_status = 201;
  static constexpr std::array errors{&http::kKeyReused};
  static void handle(const Call&, Input input, Reply<Output> reply) {
    reply(Output{input.id + "=" + std::to_string(input.price.value)});
  }
};

struct SignedThing : MakeThing {
  static constexpr bool is_signed_body = true;
};

struct RawThing {
  static constexpr std::string_view summary = "Text";
  static constexpr std::string_view output_content_type = "text/plain";
  static Response handle(const Counters& counters, const Request&) {
    return Response::text(std::to_string(counters.calls));
  }
};

struct LaterThing {
  static constexpr std::string_view summary = "Text, later";
  static void handle(ExchangePtr exchange) { exchange->reply(Response::text("later")); }
};

struct UploadThing {
  static constexpr std::string_view summary = "Takes bytes";
  static constexpr std::string_view input_content_type = "application/octet-stream";
  static Result<std::unique_ptr<UploadSession>> handle(Counters&, Exchange&) {
    return Error(errors::kUnavailable);
  }
};

struct Services {
  Counters counters;
};
template <typename Context>
Context& service(Services& services) {
  return services.counters;
}

class RoutingTest : public testing::Test {
 protected:
  RoutingTest() : router_(make_routes()) {}

  std::vector<Route> make_routes() {
    std::vector<Route> routes;
    routes.push_back(
        make_route<GetThing>({Method::kGet, "/things/{id}", Access::kPublic, 0, "GetThing"}, services_));
    routes.push_back(
        make_route<MakeThing>({Method::kPost, "/things", Access::kMember, 1000, "MakeThing"}, services_));
    routes.push_back(make_route<SignedThing>(
        {Method::kPost, "/signed/{id}", Access::kPublic, 1000, "SignedThing"}, services_));
    routes.push_back(
        make_route<RawThing>({Method::kGet, "/things/count", Access::kPublic, 0, "RawThing"}, services_));
    routes.push_back(make_route<LaterThing>(
        {Method::kGet, "/things/{owner}/later", Access::kPublic, 0, "LaterThing"}, services_));
    routes.push_back(make_route<UploadThing>(
        {Method::kPost, "/things/{id}/bytes", Access::kOperator, 9000, "UploadThing"}, services_));
    routes.push_back(make_route<LaterThing>(
        {Method::kGet, "/files/{id}/{path...}", Access::kPublic, 0, "FileThing"}, services_));
    return routes;
  }

  Response ask(Method method, std::string_view target, std::string_view body = "",
               std::string_view content_type = "application/json") {
    Response answer;
    answer.status = 0;
    auto exchange =
        std::make_shared<Exchange>(executor_, [&](Response response) { answer = std::move(response); });
    Request& request = exchange->request();
    request.method = method;
    request.set_target(target);
    if (!body.empty() && !content_type.empty()) request.headers.add("Content-Type", content_type);
    request.body = to_bytes(as_bytes(body));
    const auto match = router_.find(method, request.path, request.path_parameters);
    if (match.route == nullptr) return answer;
    request.route = match.route;
    match.route->handle(exchange);
    return answer;
  }

  std::string path_of(Method method, std::string_view path) {
    Parameters parameters;
    const auto match = router_.find(method, path, parameters);
    if (!match.route) return "allow " + std::string(match.allow);
    std::string text = match.route->path;
    for (const auto& [name, value] : parameters) text += " " + name + "=" + value;
    return text;
  }

  InlineExecutor executor_;
  Services services_;
  Router router_;
};

TEST_F(RoutingTest, LiteralsWinOverParameters) {
  EXPECT_EQ(path_of(Method::kGet, "/things/count"), "/things/count");
  EXPECT_EQ(path_of(Method::kGet, "/things/counted"), "/things/{id} id=counted");
  EXPECT_EQ(path_of(Method::kGet, "/things/count/later"), "/things/{owner}/later owner=count");
  EXPECT_EQ(path_of(Method::kHead, "/things/a"), "/things/{id} id=a");
  EXPECT_EQ(path_of(Method::kGet, "/things/a%2Fb"), "/things/{id} id=a/b");
}

TEST_F(RoutingTest, ATailTakesTheRestOfThePath) {
  EXPECT_EQ(path_of(Method::kGet, "/files/x"), "allow ");
  EXPECT_EQ(path_of(Method::kGet, "/files/x/"), "/files/{id}/{path...} id=x path=");
  EXPECT_EQ(path_of(Method::kGet, "/files/x/a/b%20c/"), "/files/{id}/{path...} id=x path=a/b c/");
  EXPECT_EQ(path_of(Method::kGet, "/files/x/a/%zz"), "allow ");
  EXPECT_EQ(path_of(Method::kPost, "/files/x/a"), "allow GET, HEAD");
  const auto document = codec::parse_json(openapi_document(router_.routes(), {"ICN", "1", "a node"}));
  EXPECT_NE(document->find("paths")->find("/files/{id}/{path}"), nullptr);
}

TEST_F(RoutingTest, UnknownPathsAreNotFound) {
  for (const char* path : {"/", "", "x", "/things/", "/thing", "/things/a/", "/things/a/later/x", "//things",
                           "/things/%zz", "/things/%00", "/Things/a"}) {
    EXPECT_EQ(path_of(Method::kGet, path), "allow ") << path;
  }
  EXPECT_EQ(path_of(Method::kDelete, "/things/a"), "allow GET, HEAD");
  EXPECT_EQ(path_of(Method::kOther, "/things"), "allow POST");
}

TEST_F(RoutingTest, InputComesFromPathAndQuery) {
  EXPECT_EQ(ask(Method::kGet, "/things/a").body_text(), R"({"text":"a 50"})");
  EXPECT_EQ(ask(Method::kGet, "/things/a+b?limit=7&full&kinds=x,y&order=down&unknown=1").body_text(),
            R"({"text":"a+b 7 full x y down"})");
  EXPECT_EQ(ask(Method::kGet, "/things/a?id=b&extra=%2B+1").body_text(), R"({"text":"a 50+ 1"})");
  EXPECT_EQ(ask(Method::kGet, "/things/none").status, 404);
}

TEST_F(RoutingTest, EveryWrongFieldIsNamed) {
  const Response response = ask(Method::kGet, "/things/a?limit=0&full=perhaps&kinds=a,b,c,d&order=left");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.content_type, "application/problem+json");
  for (const char* part :
       {"limit: the number must be at least 1 and at most 200, not 0", "full: must be true or false",
        "kinds: the count must be", "order: must be one of: up, down"}) {
    EXPECT_THAT(std::string(response.body_text()), HasSubstr(part));
  }
  EXPECT_EQ(ask(Method::kGet, "/things/a?limit=1e1").status, 400);
  EXPECT_EQ(ask(Method::kGet, "/things/a?limit=-1").status, 400);
  EXPECT_EQ(ask(Method::kGet, "/things/a?limit=").status, 400);
}

TEST_F(RoutingTest, InputComesFromTheBody) {
  const Response made = ask(Method::kPost, "/things", R"({"id":"a","price":1.25,"other":1})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(made.body_text(), R"({"text":"a=1250"})");
  EXPECT_THAT(std::string(ask(Method::kPost, "/things", R"({"price":1.2345})").body_text()),
              HasSubstr("id: is required; price: "));
  EXPECT_EQ(ask(Method::kPost, "/things?id=a&price=1").status, 400);  // a POST takes no query for its body
  for (const char* bad :
       {"[]", "{", "1", R"({"id":"a","id":"b","price":1})", "{\"id\":\"\xff\",\"price\":1}"}) {
    EXPECT_EQ(ask(Method::kPost, "/things", bad).status, 400) << bad;
  }
}

TEST_F(RoutingTest, BodyMustBeSentAsJson) {
  const std::string_view body = R"({"id":"a","price":1})";
  EXPECT_EQ(ask(Method::kPost, "/things", body, "Application/JSON; charset=utf-8").status, 201);
  EXPECT_EQ(ask(Method::kPost, "/things", body, "application/vc+json").status, 201);
  EXPECT_EQ(ask(Method::kPost, "/things", body, "").status, 201);
  const Response refused = ask(Method::kPost, "/things", body, "text/plain");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(std::string(refused.body_text()), HasSubstr("wrong_content_type"));
}

TEST_F(RoutingTest, SignedBodiesRefuseUnknownFields) {
  EXPECT_EQ(ask(Method::kPost, "/signed/x", R"({"price":1})").status, 201);
  EXPECT_THAT(std::string(ask(Method::kPost, "/signed/x", R"({"price":1,"more":2})").body_text()),
              HasSubstr("more: is not known"));
}

TEST_F(RoutingTest, RawHandlers) {
  ask(Method::kGet, "/things/a");
  EXPECT_EQ(ask(Method::kGet, "/things/count").body_text(), "1");
  EXPECT_EQ(ask(Method::kGet, "/things/a/later").body_text(), "later");
}

TEST_F(RoutingTest, OpenApiDocumentFollowsTheRoutes) {
  const std::string text = openapi_document(router_.routes(), {"ICN", "1", "a node"});
  EXPECT_EQ(text, openapi_document(router_.routes(), {"ICN", "1", "a node"}));
  const auto document = codec::parse_json(text);
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(*document->find("openapi")->string(), "3.1.0");
  const codec::Json& paths = *document->find("paths");
  const codec::Json& get = *paths.find("/things/{id}")->find("get");
  EXPECT_EQ(*get.find("operationId")->string(), "GetThing");
  EXPECT_EQ(get.find("parameters")->array()->size(), 5u);
  EXPECT_EQ(codec::write_json((*get.find("parameters")->array())[0]),
            R"({"name":"id","in":"path","required":true,"description":"which",)"
            R"("schema":{"type":"string","minLength":1,"maxLength":20}})");
  EXPECT_EQ(codec::write_json(*get.find("responses")->find("200")->find("content")),
            R"({"application/json":{"schema":{"$ref":"#/components/schemas/Thing"}}})");
  const codec::Json& post = *paths.find("/things")->find("post");
  EXPECT_NE(post.find("responses")->find("201"), nullptr);
  EXPECT_NE(post.find("responses")->find("409"), nullptr);
  EXPECT_EQ(*post.find("x-role")->string(), "member");
  EXPECT_EQ(post.find("security")->array()->size(), 3u);
  const codec::Json& body =
      *post.find("requestBody")->find("content")->find("application/json")->find("schema");
  EXPECT_EQ(codec::write_json(*body.find("required")), R"(["id","price"])");
  const codec::Json& with_path = *paths.find("/signed/{id}")
                                      ->find("post")
                                      ->find("requestBody")
                                      ->find("content")
                                      ->find("application/json")
                                      ->find("schema");
  EXPECT_EQ(with_path.find("properties")->find("id"), nullptr);  // it stands in the path
  EXPECT_EQ(codec::write_json(*with_path.find("required")), R"(["price"])");
  EXPECT_NE(document->find("components")->find("schemas")->find("Problem"), nullptr);
}

TEST(DocsPage, NeedsNothingFromOutside) {
  const std::string page(docs_page());
  EXPECT_THAT(page, HasSubstr("/system/openapi.json"));
  EXPECT_THAT(page, testing::Not(HasSubstr("http://")));
  EXPECT_THAT(page, testing::Not(HasSubstr("https://")));
  EXPECT_THAT(page, testing::Not(HasSubstr(" src=")));
}

}  // namespace
}  // namespace icn::http
