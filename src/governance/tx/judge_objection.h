#pragma once

#include "governance/ballot.h"
#include "ledger/transaction_type.h"

namespace icn::governance {

// "governance.judge_objection": a member who may vote finds an objection paramount, or not; the last word
// counts. With two thirds of those who may vote against it, it stands as a concern.
//   apply   proposal_not_found, G005, G008, G003, stale_revision, G001, G007, objection_not_found,
//           objection_withdrawn, G007 (one's own)
struct JudgeObjection {
  struct Body {
    std::string proposal_id;
    std::uint32_t revision = 1;
    std::string objection_id;
    bool is_paramount = false;
    static constexpr auto fields() {
      using codec::field;
      return described(field("proposal_id", &Body::proposal_id, "", {1, 64}),
                       field("revision", &Body::revision, "of the proposal", {1, 1'000'000}),
                       field("objection_id", &Body::objection_id, "vo_ and 32 hex digits", {1, 64}),
                       field("is_paramount", &Body::is_paramount, "false: it should be set aside"));
    }
  };
  struct Output {
    std::string objection_id;
    std::uint64_t not_paramount = 0;
    std::uint64_t needed = 0;
    bool is_set_aside = false;
    static constexpr std::string_view schema_name = "ObjectionJudged";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("objection_id", &Output::objection_id),
          field("not_paramount", &Output::not_paramount, "members who find that it is not paramount"),
          field("needed", &Output::needed, "two thirds of those who may vote"),
          field("is_set_aside", &Output::is_set_aside));
    }
  };
  static Result<void> check(const ledger::Transaction&, const Body&) { return {}; }
  static Result<void> precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) { return {}; }
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::governance
