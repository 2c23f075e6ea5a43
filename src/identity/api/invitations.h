#pragma once

#include "http/errors.h"
#include "identity/api/context.h"

// How somebody without credentials gets some: an operator makes a one-time code and hands it over, its bearer
// presents it and gets an API key of the role it names (http/authentication/invitations.h).
namespace icn::identity::api {

// POST /identity/invitations
struct CreateInvitation {
  struct Input {
    std::string label;
    http::Role role = http::Role::kMember;
    std::string scope;
    std::vector<Did> dids;
    std::optional<TimestampSecs> expires_at;
    std::optional<std::uint64_t> key_ttl;
    std::vector<std::string> member_roles;
    static constexpr std::string_view schema_name = "NewInvitation";
    static constexpr auto fields() {
      using codec::field, codec::defaulted_field;
      return described(
          defaulted_field("label", &Input::label, "for people: who is invited", {0, 100}),
          defaulted_field("role", &Input::role, "of the API key, default member"),
          defaulted_field("scope", &Input::scope, "of the members it invites to; empty: none", {0, 200}),
          defaulted_field("dids", &Input::dids, "whom the key's bearer may act as", {0, 63}),
          field("expires_at", &Input::expires_at, "Unix seconds, 90 days ahead at most; absent: in 7 days"),
          field("key_ttl", &Input::key_ttl, "seconds the key lives; absent: for ever", {60, 1'000'000'000}),
          defaulted_field("member_roles", &Input::member_roles, "it has in the scope once it is a member",
                          {0, 16}));
    }
  };
  struct Output {
    std::string code;
    http::InvitationInfo info;
    static constexpr std::string_view schema_name = "MadeInvitation";
    static constexpr auto fields() {
      return described(codec::field("code", &Output::code, "works once; shown this once"),
                       codec::field("info", &Output::info));
    }
  };
  static constexpr std::string_view summary = "Make a one-time code that gives its bearer an API key";
  static constexpr int success_status = 201;
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

// GET /identity/invitations: newest first, also those that were accepted or have expired, for 30 days.
struct ListInvitations {
  struct Input {
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      return described(http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<http::InvitationInfo>;
  static constexpr std::string_view summary = "Invitations, without their codes";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /identity/invitations/accept: whoever presents the code first. The DIDs the key may act as are taken
// into the invitation's scope with its member_roles, where this node's operator may do that; where members
// decide, `admissions` holds the action to propose to them. With a session or a signed request the
// key may also act as the caller's DID. Under an Idempotency-Key a retry gets the same key for 24 h, also
// after the node was killed; without one an answer that is lost is lost, and the operator makes another code.
struct AcceptInvitation {
  struct Input {
    std::string code;
    static constexpr std::string_view schema_name = "InvitationCode";
    static constexpr auto fields() {
      return described(codec::field("code", &Input::code, "as the operator gave it", {1, 100}));
    }
  };
  struct Output {
    std::string key;
    http::ApiKeyInfo info;
    std::vector<InvitedDid> admissions;
    static constexpr std::string_view schema_name = "AcceptedInvitation";
    static constexpr auto fields() {
      return described(codec::field("key", &Output::key, "API key, for x-api-key; shown this once"),
                       codec::field("info", &Output::info),
                       codec::field("admissions", &Output::admissions,
                                    "of each DID it may act as; empty: the invitation names no scope"));
    }
  };
  static constexpr std::string_view summary = "Turn a one-time code into an API key";
  static constexpr int success_status = 201;
  static constexpr std::array errors{&http::kInvitationUnknown, &http::kInvitationUsed,
                                     &http::kInvitationExpired, &http::kInvitationInProgress};
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

// DELETE /identity/invitations/{id}: the code works no more.
struct RevokeInvitation {
  struct Input {
    std::string id;
    static constexpr auto fields() { return described(codec::field("id", &Input::id)); }
  };
  struct Output {
    std::string id;
    bool revoked = true;
    static constexpr auto fields() {
      return described(codec::field("id", &Output::id), codec::field("revoked", &Output::revoked));
    }
  };
  static constexpr std::string_view summary = "Withdraw an invitation";
  static constexpr std::array errors{&http::kInvitationUsed, &http::kInvitationInProgress};
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

}  // namespace icn::identity::api
