#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include "http/call.h"
#include "http/input.h"
#include "http/route.h"

// Makes a Route of a handler type: one row per endpoint.
//
//   struct GetBalance {
//     struct Input { ...fields() };
//     struct Output { ...fields() };
//     static constexpr std::string_view summary = "Balance of an account";
//     static Result<Output> handle(const Accounts& accounts, const Call& call, const Input& input);
//   };
//
// Forms of `handle` (static; the context may be const or not, or left out with its comma):
//   Result<Output> handle(Context&, const Call&, const Input&)             answers at once
//   void handle(Context&, const Call&, Input, Reply<Output>)              answers later
//   Response handle(Context&, const Request&)                             raw, at once
//   void handle(Context&, ExchangePtr)                                    raw, later
//   Result<std::unique_ptr<UploadSession>> handle(Context&, Exchange&)    takes the body as it comes
// Optional constants: success_status (int), is_signed_body (bool: unknown fields are refused),
// is_idempotency_durable, changes_state, is_costly (bool), errors (array of const ErrorKind*),
// input_content_type, output_content_type (raw forms).
//
// A read whose answers may be kept (Route::answer_version) adds
//   static AnswerVersion answer_version(Context&, const Request&);
//
// `service<Context>(services)` gives the context; it is found in the namespace of the services type,
// and what it returns must outlive the routes.
namespace icn::http {

// What a row of the route table says beside the handler.
struct RouteRow {
  Method method;
  std::string_view path;
  Access access;
  std::size_t body_bytes_max;
  std::string_view operation;  // the handler's name
};

// The columns that come from a handler's optional constants.
template <typename Handler>
Route route_of(const RouteRow& row) {
  Route route;
  route.method = row.method;
  route.path = row.path;
  route.access = row.access;
  route.body_bytes_max = row.body_bytes_max;
  route.operation = row.operation;
  route.group = row.path.substr(1, row.path.find('/', 1) - 1);
  route.summary = Handler::summary;
  route.changes_state = row.method != Method::kGet;
  if constexpr (requires { Handler::success_status; }) route.success_status = Handler::success_status;
  if constexpr (requires { Handler::changes_state; }) route.changes_state = Handler::changes_state;
  if constexpr (requires { Handler::is_costly; }) route.is_costly = Handler::is_costly;
  if constexpr (requires { Handler::is_idempotency_durable; })
    route.is_idempotency_durable = Handler::is_idempotency_durable;
  if constexpr (requires { Handler::input_content_type; })
    route.input_content_type = Handler::input_content_type;
  if constexpr (requires { Handler::output_content_type; })
    route.output_content_type = Handler::output_content_type;
  if constexpr (requires { Handler::errors; }) {
    for (const ErrorKind* kind : Handler::errors) route.errors.push_back(kind);
  }
  if constexpr (requires { typename Handler::Input; })
    route.input_schema = &codec::json_schema<typename Handler::Input>;
  if constexpr (requires { typename Handler::Output; })
    route.output_schema = &codec::json_schema<typename Handler::Output>;
  return route;
}

template <typename Handler>
constexpr codec::UnknownMembers unknown_members_of() {
  if constexpr (requires { Handler::is_signed_body; }) {
    return Handler::is_signed_body ? codec::UnknownMembers::kRefuse : codec::UnknownMembers::kIgnore;
  } else {
    return codec::UnknownMembers::kIgnore;
  }
}

template <typename Handler, typename Input>
Result<Input> input_of(const Exchange& exchange) {
  ICN_TRY_ASSIGN(source, InputSource::of(exchange.request()));
  return read_input<Input>(source, unknown_members_of<Handler>());
}

// The context type of a `handle`: its first parameter unless that already belongs to the request.
struct NoContext {};
template <typename Parameter>
inline constexpr bool kBelongsToRequest = std::is_same_v<std::remove_cvref_t<Parameter>, Call> ||
                                          std::is_same_v<std::remove_cvref_t<Parameter>, Request> ||
                                          std::is_same_v<std::remove_cvref_t<Parameter>, ExchangePtr> ||
                                          std::is_same_v<std::remove_cvref_t<Parameter>, Exchange>;

template <typename Function>
struct HandleContext;
template <typename Return, typename First, typename... Rest>
struct HandleContext<Return (*)(First, Rest...)> {
  using Type = std::conditional_t<kBelongsToRequest<First>, NoContext, std::remove_reference_t<First>>;
};

// Whether Handler::handle can be called with these arguments.
template <typename Handler, typename... Arguments>
concept HandlesWith = requires(Arguments... arguments) {
  Handler::handle(arguments...);
};

template <typename Handler, typename... Context>
void run_typed(const ExchangePtr& exchange, int success_status, Context&... context) {
  auto input = input_of<Handler, typename Handler::Input>(*exchange);
  if (!input.ok()) return exchange->reply(input.error());
  const Call call(*exchange);
  if constexpr (HandlesWith<Handler, Context&..., const Call&, typename Handler::Input&&,
                            Reply<typename Handler::Output>>) {
    Handler::handle(context..., call, std::move(input).value(),
                    Reply<typename Handler::Output>(exchange, success_status));
  } else {
    const Result<typename Handler::Output> output =
        Handler::handle(context..., call, std::as_const(input).value());
    if (!output.ok()) return exchange->reply(output.error());
    exchange->reply(Response::json(codec::to_json_text(*output), success_status));
  }
}

// Whether a `handle` takes the body as it comes.
template <typename Return, typename... Parameters>
std::is_same<Return, Result<std::unique_ptr<UploadSession>>> takes_upload(Return (*)(Parameters...));

template <typename Handler, typename... Context>
Route bind_handle(Route route, Context&... context) {
  if constexpr (HandlesWith<Handler, Context&..., const Request&>) {
    route.handle = [&context...](const ExchangePtr& exchange) {
      exchange->reply(Handler::handle(context..., exchange->request()));
    };
  } else if constexpr (HandlesWith<Handler, Context&..., ExchangePtr>) {
    route.handle = [&context...](ExchangePtr exchange) { Handler::handle(context..., std::move(exchange)); };
  } else if constexpr (HandlesWith<Handler, Context&..., Exchange&>) {
    route.open_upload = [&context...](Exchange& exchange) { return Handler::handle(context..., exchange); };
  } else {
    route.handle = [status = route.success_status, &context...](const ExchangePtr& exchange) {
      run_typed<Handler>(exchange, status, context...);
    };
  }
  return route;
}

template <typename Handler, typename Services>
Route make_route(const RouteRow& row, Services& services) {
  using Context = typename HandleContext<decltype(&Handler::handle)>::Type;
  Route route = route_of<Handler>(row);
  if constexpr (std::is_same_v<Context, NoContext>) {
    return bind_handle<Handler>(std::move(route));
  } else {
    Context& context = service<std::remove_const_t<Context>>(services);
    if constexpr (requires { Handler::answer_version(context, std::declval<const Request&>()); }) {
      route.answer_version = [&context](const Request& request) -> AnswerVersion {
        return Handler::answer_version(context, request);
      };
    }
    return bind_handle<Handler, Context>(std::move(route), context);
  }
}

}  // namespace icn::http
