#pragma once

#include "governance/tally/method.h"

// The rows of methods.cc, one file each.
namespace icn::governance::tally {

extern const Method kSimpleMajority;
extern const Method kSupermajority;
extern const Method kUnanimous;
extern const Method kConsensus;
extern const Method kConsent;
extern const Method kRankedChoice;
extern const Method kScore;
extern const Method kApproval;
extern const Method kQuadratic;
extern const Method kConviction;
extern const Method kWeighted;

}  // namespace icn::governance::tally
