#pragma once

#include "ledger/transaction_type.h"
#include "mesh/job.h"

namespace icn::mesh {

inline constexpr std::size_t kVotesPerTransaction = 64;

// "mesh.judge": judges say what their own runs of disputed jobs came to. A judge that could not run a job
// says nothing.
//   outcomes, one a vote: open, upheld, rejected, undecided (the dispute's state after it); job_not_found,
//   not_judge
struct JudgeJobs {
  struct Vote {
    JobId job_id;
    bool agrees = false;
    static constexpr std::string_view schema_name = "JobVote";
    static constexpr auto fields() {
      using codec::field;
      return described(field("job_id", &Vote::job_id, "CID", {1, 128}),
                       field("agrees", &Vote::agrees, "the same end, result and effects as the receipt"));
    }
  };
  struct Body {
    std::vector<Vote> votes;
    static constexpr auto fields() {
      return described(codec::field("votes", &Body::votes, "", {1, kVotesPerTransaction}));
    }
  };
  struct Outcome {
    JobId job_id;
    std::string result;
    static constexpr std::string_view schema_name = "JudgeOutcome";
    static constexpr auto fields() {
      using codec::field;
      return described(field("job_id", &Outcome::job_id),
                       field("result", &Outcome::result, "the dispute's state, or why it changed nothing"));
    }
  };
  struct Output {
    std::vector<Outcome> outcomes;
    static constexpr std::string_view schema_name = "JudgeResult";
    static constexpr auto fields() {
      return described(codec::field("outcomes", &Output::outcomes, "in the order of the votes"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::mesh
