#pragma once

#include <optional>
#include <string>

#include "cli/founding_plan.h"
#include "cli/key_file.h"
#include "cli/session.h"

// Founds a cooperative as its plan says. Failures have been said when nothing is answered.
namespace icn::cli {

// Carries out what of the plan has not been done yet, in this order: key files, DIDs, membership, profile,
// shares, membership credentials. Each step asks the ledger or the folder first, so that a run that was
// interrupted is gone on with by the next one, and one that was whole changes nothing. `folder` holds the
// plan already; the session has an operator's API key.
//
// Answers {did, name, folder, pool, founders[{name, did, key, credential}]}, which FOLDER/founded.json keeps.
std::optional<codec::Json> found(Session& session, const std::string& folder, const FoundingPlan& plan,
                                 Protection protection);

// What found() answered of this folder, once it was whole.
std::optional<codec::Json> found_before(Session& session, const std::string& folder);

// Whether the scope can be founded by this plan: false, and said, when others are members already and
// membership is not open.
bool may_be_founded(Session& session);

}  // namespace icn::cli
