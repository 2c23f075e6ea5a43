#pragma once

#include <string>
#include <vector>

#include "governance/scope.h"
#include "ledger/context.h"
#include "ledger/view.h"

namespace icn::governance {

// "governance.enroll": the operator of a scope's organisation names its first members, all at once, while the
// scope has none; with governance.open_membership also later ones of scope local. Everybody else is admitted
// by a vote. Source: domain.md 4 and 16.
//   check   bad_scope, malformed, I001, unsupported_did_method
// The founders of an organisation lock a stake together (founding.h).
//   apply   wrong_scope, not_operator, scope_not_empty, too_few_founders, member_exists, exceeds_balance
struct Enroll {
  struct Person {
    Did did;
    std::vector<std::string> roles;
    static constexpr std::string_view schema_name = "FirstMember";
    static constexpr auto fields() {
      return described(codec::field("did", &Person::did, "of the person"),
                       codec::defaulted_field("roles", &Person::roles, "a-z, 0-9, - and _ each", {0, 16}));
    }
  };
  struct Body {
    std::string scope = kLocalScope;
    std::vector<Person> members;
    static constexpr auto fields() {
      return described(codec::defaulted_field("scope", &Body::scope, "default: local", {1, 200}),
                       codec::field("members", &Body::members, "", {1, 100}));
    }
  };
  struct Output {
    std::string scope;
    std::uint64_t members = 0;
    static constexpr std::string_view schema_name = "EnrollResult";
    static constexpr auto fields() {
      return described(codec::field("scope", &Output::scope),
                       codec::field("members", &Output::members, "Active ones of the scope afterwards"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// "governance.leave": the sender leaves a scope; it always may. Its ballots and proposals stand.
//   check   bad_scope
//   apply   member_not_found, member_state (an applicant)
struct Leave {
  struct Body {
    std::string scope = kLocalScope;
    static constexpr auto fields() {
      return described(codec::defaulted_field("scope", &Body::scope, "default: local", {1, 200}));
    }
  };
  struct Output {
    std::string scope;
    Did did;
    static constexpr std::string_view schema_name = "LeaveResult";
    static constexpr auto fields() {
      return described(codec::field("scope", &Output::scope), codec::field("did", &Output::did));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::governance
