#pragma once

#include "base/result.h"

// How a job can be refused or end. Codes J001 to J010: domain.md 7.
namespace icn::mesh {

inline constexpr ErrorKind kInvalidSpec{Category::kRule, "J001", "the job's spec is not valid"};
inline constexpr ErrorKind kInsufficientBudget{Category::kPayment, "J002",
                                               "the account cannot pay for the job"};
inline constexpr ErrorKind kNoExecutor{Category::kRule, "J003", "nobody can run the job"};
inline constexpr ErrorKind kTimeout{Category::kRule, "J004", "the job took too long"};
inline constexpr ErrorKind kValidationFailed{Category::kRule, "J005", "the receipt does not hold"};
inline constexpr ErrorKind kDisputeOpen{Category::kConflict, "J006", "a dispute is open"};
inline constexpr ErrorKind kPaymentFailed{Category::kInternal, "J007", "the payment failed"};
inline constexpr ErrorKind kSandboxViolation{Category::kRule, "J008", "the job broke the sandbox's rules"};
inline constexpr ErrorKind kResourcesExhausted{Category::kRule, "J009", "the job used up what it had"};
inline constexpr ErrorKind kDeadlinePassed{Category::kRule, "J010", "the deadline has passed"};

inline constexpr ErrorKind kJobNotFound{Category::kNotFound, "job_not_found", "there is no such job"};
inline constexpr ErrorKind kNotVerified{Category::kForbidden, "not_verified",
                                        "an unverified account cannot submit jobs"};
inline constexpr ErrorKind kTooManyOpenJobs{Category::kRule, "open_jobs_max",
                                            "the account has too many open jobs"};
inline constexpr ErrorKind kNotSubmitter{Category::kForbidden, "not_submitter",
                                         "only the submitter may do this"};
inline constexpr ErrorKind kNotCoordinator{Category::kForbidden, "not_coordinator",
                                           "only the job's coordinator may do this"};
inline constexpr ErrorKind kJobExists{Category::kConflict, "job_exists", "the job was submitted before"};
inline constexpr ErrorKind kJobEnded{Category::kConflict, "job_ended", "the job has ended"};
inline constexpr ErrorKind kJobClaimed{Category::kConflict, "job_claimed",
                                       "the executor has claimed its pay with a receipt"};
inline constexpr ErrorKind kWrongAttempt{Category::kConflict, "wrong_attempt",
                                         "the job is at another attempt"};
inline constexpr ErrorKind kNotAssigned{Category::kConflict, "not_assigned",
                                        "the attempt is not assigned here yet"};
inline constexpr ErrorKind kAlreadyAssigned{Category::kConflict, "already_assigned",
                                            "the attempt is assigned"};
inline constexpr ErrorKind kBadBid{Category::kRule, "bad_bid", "a bid is not valid"};
inline constexpr ErrorKind kNotBestBid{Category::kRule, "not_best_bid",
                                       "the winner is not the best of the bids"};
inline constexpr ErrorKind kNoEligibleBid{Category::kRule, "no_eligible_bid", "no bid is eligible"};
inline constexpr ErrorKind kIsReplica{Category::kConflict, "job_replica",
                                      "this is a replica; the job it belongs to decides"};
inline constexpr ErrorKind kWithdrawnEarly{Category::kConflict, "withdrawn_early",
                                           "the executor still has time to begin"};
inline constexpr ErrorKind kAlreadyStarted{Category::kConflict, "already_started",
                                           "the executor has begun: its time limit decides"};
inline constexpr ErrorKind kNotDisputable{Category::kConflict, "not_disputable",
                                          "nothing of the job can be disputed now"};
inline constexpr ErrorKind kNotJudge{Category::kForbidden, "not_judge",
                                     "only the dispute's judges vote, once"};
// Of this node, before anything is locked. Transient.
inline constexpr ErrorKind kMeshQueueFull{Category::kUnavailable, "mesh_queue_full",
                                          "this node has no room for more jobs"};
inline constexpr ErrorKind kNotReady{Category::kConflict, "job_not_ended", "the job has not ended yet"};
inline constexpr ErrorKind kNoCheckpoint{Category::kNotFound, "no_checkpoint", "no saved state is at hand"};
inline constexpr ErrorKind kNoResult{Category::kNotFound, "no_result", "the job has no result"};

}  // namespace icn::mesh
