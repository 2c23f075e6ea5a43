#pragma once

#include "ledger/transaction_type.h"
#include "mesh/job.h"

namespace icn::mesh {

inline constexpr std::size_t kStartsPerTransaction = 64;

// "mesh.start": an executor whose coordinator does not ask for it says that it runs attempts, so that they
// are not withdrawn while the two cannot reach each other. (One that is asked has said so in its answer:
// nothing is written then.)
//   outcomes, one an attempt: started; job_not_found, job_ended, wrong_attempt, J005 (not the executor),
//   already_started
struct StartJobs {
  struct Body {
    std::vector<AttemptName> attempts;
    static constexpr auto fields() {
      return described(codec::field("attempts", &Body::attempts, "", {1, kStartsPerTransaction}));
    }
  };
  struct Outcome {
    JobId job_id;
    std::string result;
    static constexpr std::string_view schema_name = "StartOutcome";
    static constexpr auto fields() {
      using codec::field;
      return described(field("job_id", &Outcome::job_id),
                       field("result", &Outcome::result, "started, or why it changed nothing"));
    }
  };
  struct Output {
    std::vector<Outcome> outcomes;
    static constexpr std::string_view schema_name = "StartResult";
    static constexpr auto fields() {
      return described(codec::field("outcomes", &Output::outcomes, "in the order of the attempts"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::mesh
