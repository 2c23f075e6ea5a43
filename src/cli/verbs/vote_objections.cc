#include "cli/verbs/vote_objections.h"

#include <memory>

#include "cli/remote.h"
#include "cli/signing.h"
#include "cli/table.h"

namespace icn::cli {
namespace {

using codec::Json;

const std::vector<View> kObjectionViews{
    {"OBJECTION", "objection_id", Kind::kId}, {"VOTER", "voter", Kind::kId}, {"STATUS", "status"},
    {"NOT PARAMOUNT", "not_paramount"},       {"NEEDED", "needed"},          {"HARM", "harm"}};

struct Place {
  std::string proposal;
  std::string objection;

  std::string path() const { return "/governance/proposals/" + segment(proposal) + "/objections"; }
  std::string path(std::string_view act) const {
    return path() + "/" + segment(objection) + "/" + std::string(act);
  }
};

// What a signed transaction says beside the fields of the endpoint.
bool name_proposal(Session& session, const std::string& proposal, Json& body) {
  if (session.key_file.empty()) return true;
  const auto shown = get(session, "/governance/proposals/" + segment(proposal));
  if (!shown) return false;
  const Json* revision = shown->find("revision");
  body.set("proposal_id", proposal);
  body.set("revision", revision ? *revision : Json(1));
  return true;
}

void define_raise(Command command, Session& session) {
  struct Options {
    Place place;
    std::string reason;
  };
  auto options = std::make_shared<Options>();
  command.argument("PROPOSAL", options->place.proposal, "its id")
      .argument("REASON", options->reason, "names the harm, in 20 characters at least");
  command.runs([options, &session] {
    Json body = Json::object({{"reason", options->reason}});
    if (!session.key_file.empty()) body.set("position", "objection");
    if (!name_proposal(session, options->place.proposal, body)) return;
    const auto reply = write(session, options->place.path(), "governance.vote", "voter_did", std::move(body));
    if (reply) show_all(session, *reply);
  });
}

void define_list(Command command, Session& session) {
  struct Options {
    Place place;
    PageOptions page;
  };
  auto options = std::make_shared<Options>();
  command.argument("PROPOSAL", options->place.proposal, "its id").page(options->page);
  command.runs([options, &session] {
    const auto reply = get(session, target(options->place.path(), {}, options->page));
    if (reply) show_table(session, *reply, kObjectionViews, "no objections");
  });
}

void define_withdraw(Command command, Session& session) {
  struct Options {
    Place place;
    std::string position = "concern";
  };
  auto options = std::make_shared<Options>();
  command.argument("PROPOSAL", options->place.proposal, "its id")
      .argument("OBJECTION", options->place.objection, "its id")
      .option("--position", options->position, "taken instead; default: concern");
  command.runs([options, &session] {
    Json body = Json::object({{"position", options->position}});
    if (!name_proposal(session, options->place.proposal, body)) return;
    const auto reply =
        write(session, options->place.path("withdraw"), "governance.vote", "voter_did", std::move(body));
    if (reply) show_all(session, *reply);
  });
}

void define_judge(Command command, Session& session) {
  struct Options {
    Place place;
    bool is_paramount = false;
  };
  auto options = std::make_shared<Options>();
  command.argument("PROPOSAL", options->place.proposal, "its id")
      .argument("OBJECTION", options->place.objection, "its id")
      .flag("--paramount", options->is_paramount, "it stands; without this: it should be set aside");
  command.runs([options, &session] {
    Json body = Json::object({{"is_paramount", options->is_paramount}});
    if (!session.key_file.empty()) body.set("objection_id", options->place.objection);
    if (!name_proposal(session, options->place.proposal, body)) return;
    const auto reply = write(session, options->place.path("judge"), "governance.judge_objection", "voter_did",
                             std::move(body));
    if (reply) show_all(session, *reply);
  });
}

}  // namespace

void define_objections(Command command, Session& session) {
  define_raise(command.add("raise", "object to a proposal that is decided by consent"), session);
  define_list(command.add("list", "the objections of a vote, and what is found of them"), session);
  define_withdraw(command.add("withdraw", "withdraw an objection of yours"), session);
  define_judge(command.add("judge", "say whether an objection is paramount"), session);
}

}  // namespace icn::cli
