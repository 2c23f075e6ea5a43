#pragma once

#include "governance/api/delegations.h"

namespace icn::governance::api {

enum class NoticeKind {
  kOpenVote,
  kDelegateVoted,
  kDelegateSilent,
  kDelegationBroken,
  kDelegationLapses,
  kRevealDue,
  kEmergencySign,
};
constexpr auto enum_names(NoticeKind) {
  using enum NoticeKind;
  using Name = std::pair<NoticeKind, std::string_view>;
  return std::array{Name(kOpenVote, "open_vote"),
                    Name(kDelegateVoted, "delegate_voted"),
                    Name(kDelegateSilent, "delegate_silent"),
                    Name(kDelegationBroken, "delegation_broken"),
                    Name(kDelegationLapses, "delegation_lapses"),
                    Name(kRevealDue, "reveal_due"),
                    Name(kEmergencySign, "emergency_sign")};
}

// Something a member should know, or do.
struct Notice {
  NoticeKind kind = NoticeKind::kOpenVote;
  std::optional<std::string> proposal_id;
  std::optional<std::string> title;
  std::optional<std::string> scope;
  std::optional<TimestampSecs> voting_ends;
  std::optional<TimestampSecs> reveal_ends;
  std::optional<Did> delegate_did;
  std::optional<codec::Json> ballot;
  std::optional<std::string> reason;
  std::optional<std::string> delegation_id;
  std::optional<TimestampSecs> valid_until;
  static constexpr std::string_view schema_name = "Notice";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field(
            "kind", &Notice::kind,
            "open_vote: no ballot counts for the member yet; delegate_voted: one does, and an own ballot "
            "would stand before it (for 30 days after voting_ends: one did); delegate_silent; "
            "delegation_broken: nobody's would count; delegation_lapses: within 30 days; reveal_due: a "
            "sealed ballot of the member counts only once it is revealed; emergency_sign: to the committee, "
            "what may be an emergency"),
        field("proposal_id", &Notice::proposal_id), field("title", &Notice::title),
        field("scope", &Notice::scope), field("voting_ends", &Notice::voting_ends, "Unix seconds"),
        field("reveal_ends", &Notice::reveal_ends, "until when a sealed ballot is revealed, Unix seconds"),
        field("delegate_did", &Notice::delegate_did, "whose ballot counts, or would"),
        field("ballot", &Notice::ballot, "of the delegate; absent: sealed"),
        field("reason", &Notice::reason,
              "why a delegation leads nowhere: cycle, too_long, suspended, over_cap; or what may be an "
              "emergency"),
        field("delegation_id", &Notice::delegation_id),
        field("valid_until", &Notice::valid_until, "Unix seconds"));
  }
};

// GET /governance/members/{did}/notices: sealed ballots to reveal, votes that wait for the member, how
// delegates voted for them, and delegations that need renewal. Votes by their ends.   member_not_found
struct ListNotices {
  struct Input {
    Did did;
    static constexpr auto fields() { return described(codec::field("did", &Input::did)); }
  };
  struct Output {
    std::vector<Notice> items;
    static constexpr std::string_view schema_name = "Notices";
    static constexpr auto fields() { return described(codec::field("items", &Output::items)); }
  };
  static constexpr bool is_costly = true;
  static constexpr std::string_view summary = "What a member should know, or do";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::governance::api
