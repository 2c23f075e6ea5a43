#pragma once

#include "federation/api/context.h"
#include "http/call.h"

namespace icn::federation::api {

// GET /trust/relationships: edges, in order of who trusts, context and whom (of `to` alone: context and who
// trusts). A page may be short, and even empty, while there are more.   I001, bad_cursor
struct ListTrust {
  struct Input {
    std::optional<Did> from;
    std::optional<Did> to;
    std::optional<TrustContext> context;
    std::optional<TrustLevel> level;
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      using codec::field;
      return described(field("from", &Input::from, "only of who trusts"),
                       field("to", &Input::to, "only of who is trusted"),
                       field("context", &Input::context, "only in this one"),
                       field("level", &Input::level, "only of this one"), http::limit_field(&Input::limit),
                       http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<TrustEdge>;
  static constexpr std::string_view summary = "Who trusts whom";
  static Result<Output> handle(const ReadApi& api, const http::Call& call, const Input& input);
};

struct ShownTrustPath {
  std::vector<Did> dids;
  double trust = 0;
  TrustLevel level = TrustLevel::kNone;
  static constexpr std::string_view schema_name = "TrustPath";
  static constexpr auto fields() {
    using codec::field;
    return described(field("dids", &ShownTrustPath::dids, "from the first to the last"),
                     field("trust", &ShownTrustPath::trust, "of its weakest edge, less a fifth for each hop"),
                     field("level", &ShownTrustPath::level));
  }
};

// GET /trust/paths: at most 3 hops, the best first. Every edge of a longer path is Partial or more: what
// comes to less than Basic is no trust.   I001
struct GetTrustPaths {
  struct Input {
    Did from;
    Did to;
    std::optional<TrustContext> context;
    std::uint32_t limit = 10;
    static constexpr auto fields() {
      using codec::field;
      return described(field("from", &Input::from), field("to", &Input::to),
                       field("context", &Input::context, "general unless said"),
                       codec::defaulted_field("limit", &Input::limit, "paths, default 10", {1, 200}));
    }
  };
  struct Output {
    TrustLevel level = TrustLevel::kNone;
    double trust = 0;
    std::vector<ShownTrustPath> paths;
    bool complete = true;
    static constexpr std::string_view schema_name = "TrustPaths";
    static constexpr auto fields() {
      using codec::field;
      return described(field("level", &Output::level, "of the best path"),
                       field("trust", &Output::trust, "of the best path; Basic is 1, Full 3"),
                       field("paths", &Output::paths),
                       field("complete", &Output::complete, "false: not all edges were followed"));
    }
  };
  static constexpr std::string_view summary = "How one DID comes to trust another";
  static Result<Output> handle(const ReadApi& api, const http::Call& call, const Input& input);
};

struct ContextScore {
  TrustContext context = TrustContext::kGeneral;
  double score = 0;
  static constexpr std::string_view schema_name = "TrustContextScore";
  static constexpr auto fields() {
    return described(codec::field("context", &ContextScore::context),
                     codec::field("score", &ContextScore::score, "over its edges alone"));
  }
};

// GET /trust/score/{did}: its rank among all who trust or are trusted, at most a minute old.   I001
struct GetTrustScore {
  struct Input {
    Did did;
    static constexpr auto fields() { return described(codec::field("did", &Input::did)); }
  };
  struct Output {
    Did did;
    double score = 0;
    std::vector<ContextScore> context_scores;
    std::uint64_t dids = 0;
    TimestampSecs as_of = 0;
    static constexpr std::string_view schema_name = "TrustScore";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("did", &Output::did), field("score", &Output::score, "1 is the mean; 0: nobody knows it"),
          field("context_scores", &Output::context_scores, "of contexts it has edges in"),
          field("dids", &Output::dids, "that are ranked"), field("as_of", &Output::as_of, "Unix seconds"));
    }
  };
  static constexpr std::string_view summary = "How much trust comes together at a DID";
  static void handle(const ReadApi& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

struct TrustLevelCount {
  TrustLevel level = TrustLevel::kNone;
  std::uint64_t edges = 0;
  static constexpr std::string_view schema_name = "TrustLevelCount";
  static constexpr auto fields() {
    return described(codec::field("level", &TrustLevelCount::level),
                     codec::field("edges", &TrustLevelCount::edges));
  }
};
struct TrustContextCount {
  TrustContext context = TrustContext::kGeneral;
  std::uint64_t edges = 0;
  static constexpr std::string_view schema_name = "TrustContextCount";
  static constexpr auto fields() {
    return described(codec::field("context", &TrustContextCount::context),
                     codec::field("edges", &TrustContextCount::edges));
  }
};

// GET /trust/stats: of the whole graph, at most a minute old.
struct GetTrustStats {
  struct Input {
    static constexpr auto fields() { return codec::described(); }
  };
  struct Output {
    std::uint64_t edges = 0;
    std::uint64_t dids = 0;
    std::vector<TrustLevelCount> levels;
    std::vector<TrustContextCount> contexts;
    double gini = 0;
    TimestampSecs as_of = 0;
    static constexpr std::string_view schema_name = "TrustStats";
    static constexpr auto fields() {
      using codec::field;
      return described(field("edges", &Output::edges), field("dids", &Output::dids),
                       field("levels", &Output::levels), field("contexts", &Output::contexts),
                       field("gini", &Output::gini, "of the scores: 0 all have the same, 1 one has all"),
                       field("as_of", &Output::as_of, "Unix seconds"));
    }
  };
  static constexpr std::string_view summary = "How many trust each other, in what, and how unequally";
  static void handle(const ReadApi& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

}  // namespace icn::federation::api
