#pragma once

#include "governance/api/context.h"
#include "governance/tables.h"
#include "governance/tx/enroll.h"

namespace icn::governance::api {

// GET /governance/members: in order of their DIDs.
struct ListMembers {
  struct Input {
    std::string scope = kLocalScope;
    std::optional<MemberStatus> status;
    std::optional<std::string> role;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      using codec::field;
      return described(codec::defaulted_field("scope", &Input::scope, "default: local", {1, 200}),
                       field("status", &Input::status), field("role", &Input::role, "", {1, 64}),
                       http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  struct Output : http::Page<Member> {
    std::uint64_t members = 0;
    std::uint64_t voters = 0;
    std::optional<Did> pool_did;
    static constexpr std::string_view schema_name = "MemberPage";
    static constexpr auto fields() {
      using codec::field;
      return http::Page<Member>::fields().with(
          field("members", &Output::members, "Active ones of the scope"),
          field("voters", &Output::voters, "of them those who may vote"),
          field("pool_did", &Output::pool_did, "account of the scope's pool; absent: no members"));
    }
  };
  static constexpr std::string_view summary = "Members of a scope";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// GET /governance/members/{did}: the memberships of a DID.   member_not_found: it has none
struct GetMember {
  struct Input {
    Did did;
    std::optional<std::string> scope;
    static constexpr auto fields() {
      return described(codec::field("did", &Input::did),
                       codec::field("scope", &Input::scope, "only this one", {1, 200}));
    }
  };
  struct Output {
    Did did;
    std::vector<Member> memberships;
    static constexpr std::string_view schema_name = "Memberships";
    static constexpr auto fields() {
      return described(codec::field("did", &Output::did), codec::field("memberships", &Output::memberships));
    }
  };
  static constexpr std::string_view summary = "What somebody is a member of";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /governance/members: the operator names the first members of a scope; plain (the node signs) or a
// signed "governance.enroll".
struct PostMembers {
  static constexpr std::string_view transaction = "governance.enroll";
  struct Input {
    std::string scope = kLocalScope;
    std::optional<Did> did;
    std::optional<std::string> role;
    std::vector<Enroll::Person> members;
    static constexpr auto fields() {
      using codec::defaulted_field;
      using codec::field;
      return described(defaulted_field("scope", &Input::scope, "default: local", {1, 200}),
                       field("did", &Input::did, "of the only one"),
                       field("role", &Input::role, "of the only one", {1, 64}),
                       defaulted_field("members", &Input::members, "several", {0, 100}));
    }
  };
  using Output = ledger::Written<Enroll::Output>;
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Name the first members of a scope, as its operator";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// POST /governance/members/{did}/leave: plain or a signed "governance.leave" of that DID.
struct LeaveScope {
  static constexpr std::string_view transaction = "governance.leave";
  struct Input {
    Did did;
    std::string scope = kLocalScope;
    static constexpr auto fields() {
      return described(codec::field("did", &Input::did, "who leaves"),
                       codec::defaulted_field("scope", &Input::scope, "default: local", {1, 200}));
    }
  };
  using Output = ledger::Written<Leave::Output>;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Leave a scope";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::governance::api
