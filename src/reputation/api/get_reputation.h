#pragma once

#include "reputation/api/context.h"

namespace icn::reputation::api {

// What a score is made of, beside its events.
struct ReputationParts {
  std::uint64_t events = 0;
  Points gained_today;
  Points faded;  // since the newest event
  std::uint64_t activity_30_days = 0;
  std::uint64_t receipts = 0;
  std::uint64_t endorsements = 0;
  std::uint64_t votes_eligible = 0;
  std::uint64_t votes_cast = 0;
  std::uint64_t open_appeals = 0;
  static constexpr std::string_view schema_name = "ReputationParts";
  static constexpr auto fields() {
    using codec::field;
    using P = ReputationParts;
    return described(field("events", &P::events, "that changed it"),
                     field("gained_today", &P::gained_today, "points; a day gives 3 at most"),
                     field("faded", &P::faded, "points lost by idleness since the newest event"),
                     field("activity_30_days", &P::activity_30_days, "receipts, ballots, endorsements given"),
                     field("receipts", &P::receipts, "accepted ones, counted up to 1000"),
                     field("endorsements", &P::endorsements, "by different people"),
                     field("votes_eligible", &P::votes_eligible, "ended within 90 days"),
                     field("votes_cast", &P::votes_cast, "of them, by a delegate too"),
                     field("open_appeals", &P::open_appeals));
  }
};

// GET /reputation/{did}. Of whom nothing is known the score is 50.   I001, unsupported_did_method
struct GetReputation {
  struct Input {
    Did did;
    static constexpr auto fields() { return described(codec::field("did", &Input::did, "whose reputation")); }
  };
  struct Output {
    Did did;
    Points score;
    Band band = Band::kGood;
    ReputationParts components;
    std::optional<TimestampSecs> last_event_at;
    TimestampSecs as_of = 0;
    static constexpr std::string_view schema_name = "Reputation";
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Output::did), field("score", &Output::score, "0 to 100"),
                       field("band", &Output::band, "from 90, 75, 50, 25 and 0 on, the highest first"),
                       field("components", &Output::components),
                       field("last_event_at", &Output::last_event_at, "Unix seconds"),
                       field("as_of", &Output::as_of, "Unix seconds"));
    }
  };
  static constexpr std::string_view summary = "What the ledger knows of somebody's doings";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// One event of a history.
struct ShownEvent {
  std::uint64_t event_id = 0;
  EventKind kind = EventKind::kVoteCast;
  Points base;
  double weight = 0;
  Points delta;
  Points applied;
  std::optional<Did> source;
  std::string reference;
  TimestampSecs ts = 0;
  EventState state = EventState::kCounts;
  std::optional<AppealState> appeal;
  std::optional<codec::Cid> appeal_reason_cid;
  static constexpr std::string_view schema_name = "ReputationEvent";
  static constexpr auto fields() {
    using codec::field;
    using S = ShownEvent;
    return described(field("event_id", &S::event_id, "number in this history, from 1"),
                     field("kind", &S::kind), field("base", &S::base, "points before damping"),
                     field("weight", &S::weight, "1/n of the n-th with this source in 30 days"),
                     field("delta", &S::delta, "points after damping and the day's limit"),
                     field("applied", &S::applied, "what the score moved by, within 0 and 100"),
                     field("source", &S::source, "counterparty"),
                     field("ref", &S::reference, "job, proposal, vote"), field("ts", &S::ts, "Unix seconds"),
                     field("state", &S::state), field("appeal", &S::appeal, "absent: not contested"),
                     field("appeal_reason_cid", &S::appeal_reason_cid));
  }
};

// GET /reputation/{did}/history, newest first.   I001, unsupported_did_method, bad_cursor
struct GetReputationHistory {
  struct Input {
    Did did;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      return described(codec::field("did", &Input::did, "whose history"), http::limit_field(&Input::limit),
                       http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<ShownEvent>;
  static constexpr std::string_view summary = "Events of a reputation, newest first";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::reputation::api
