#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/session.h"
#include "codec/json.h"

namespace icn::cli {

// What a proposal shall do, as options say it.
struct ActionOptions {
  std::vector<std::string> set, admit, suspend, remove, budget, grant, revoke, json;
  std::optional<std::string> upgrade;

  void add_to(Command& command) {
    command.option("--set", set, "NAME=VALUE: a parameter; may be given several times, as all below")
        .option("--admit", admit, "DID of a new member; DID=ROLE,ROLE with roles")
        .option("--suspend", suspend, "DID of a member")
        .option("--remove", remove, "DID of a member")
        .option("--budget", budget, "DID=AMOUNT: mana out of the scope's pool")
        .option("--grant-role", grant, "DID=ROLE")
        .option("--revoke-role", revoke, "DID=ROLE")
        .option("--upgrade", upgrade, "version of the software to run")
        .option("--action", json, "{\"type\":...,\"data\":{...}}: any other action");
  }
};

// None: what cannot be read has been said.
std::optional<codec::Json::Array> actions_of(Session& session, const ActionOptions& options);

}  // namespace icn::cli
