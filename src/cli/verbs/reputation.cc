#include <memory>

#include "cli/remote.h"
#include "cli/signing.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "cli/verbs/store_block.h"

namespace icn::cli {
namespace {

using codec::Json;

const std::vector<View> kEventViews{{"EVENT", "event_id", Kind::kNumber},
                                    {"AT", "ts", Kind::kTime},
                                    {"KIND", "kind"},
                                    {"POINTS", "applied", Kind::kNumber},
                                    {"WEIGHT", "weight", Kind::kNumber},
                                    {"WITH", "source", Kind::kId},
                                    {"FOR", "ref", Kind::kId},
                                    {"STATE", "state"}};

std::string path_of(const std::string& did, const char* rest) { return "/reputation/" + segment(did) + rest; }

void define_show(Command command, Session& session) {
  auto did = std::make_shared<std::string>();
  command.optional_argument("DID", *did, "whose reputation; that of --as when absent");
  command.runs([did, &session] {
    const auto who = did_or_own(session, *did);
    if (!who) return;
    const auto reply = get(session, path_of(*who, ""));
    if (!reply) return;
    show_fields(session, *reply,
                {{"did", "did", Kind::kId},
                 {"score", "score"},
                 {"band", "band"},
                 {"gained today", "components.gained_today"},
                 {"faded", "components.faded"},
                 {"acts in 30 days", "components.activity_30_days"},
                 {"receipts", "components.receipts"},
                 {"endorsements", "components.endorsements"},
                 {"votes it could cast", "components.votes_eligible"},
                 {"votes it cast", "components.votes_cast"},
                 {"open appeals", "components.open_appeals"},
                 {"newest event", "last_event_at", Kind::kTime}});
  });
}

void define_history(Command command, Session& session) {
  struct Options {
    std::string did;
    PageOptions page;
  };
  auto options = std::make_shared<Options>();
  command.optional_argument("DID", options->did, "whose events; those of --as when absent")
      .page(options->page, "newest first");
  command.runs([options, &session] {
    const auto who = did_or_own(session, options->did);
    if (!who) return;
    const auto reply = get(session, target(path_of(*who, "/history"), {}, options->page));
    if (reply) show_table(session, *reply, kEventViews, "no events");
  });
}

void define_endorse(Command command, Session& session) {
  struct Options {
    std::string did, context;
  };
  auto options = std::make_shared<Options>();
  command.argument("DID", options->did, "who is endorsed")
      .argument("CONTEXT", options->context, "in what, as bookkeeping");
  command.runs([options, &session] {
    Json body = Json::object({{"context", options->context}});
    if (!session.key_file.empty()) body.set("to", options->did);
    const auto reply =
        write(session, path_of(options->did, "/endorse"), "reputation.endorse", "from", std::move(body));
    if (!reply) return;
    show_fields(session, *reply,
                {{"endorsed", "to", Kind::kId},
                 {"points", "delta"},
                 {"score", "score"},
                 {"block", "height"},
                 {"status", "status"}});
  });
}

const std::vector<View> kAttestationViews{
    {"CLAIM", "claim"}, {"STATE", "state"}, {"UNTIL", "holds_until", Kind::kTime}};

void define_attest(Command command, Session& session) {
  struct Options {
    std::string did, claim;
  };
  auto options = std::make_shared<Options>();
  command.argument("DID", options->did, "of whom it is said")
      .argument("CLAIM", options->claim, "as skill:baking")
      .footer("A claim holds for 30 days while two people with a reputation of 50 attest it.");
  command.runs([options, &session] {
    Json body = Json::object({{"claim", options->claim}});
    if (!session.key_file.empty()) body.set("about", options->did);
    const auto reply =
        write(session, path_of(options->did, "/attestations"), "reputation.attest", "from", std::move(body));
    if (!reply) return;
    show_fields(session, *reply,
                {{"claim", "claim"},
                 {"state", "state"},
                 {"attested by", "attesters"},
                 {"holds until", "holds_until", Kind::kTime},
                 {"block", "height"},
                 {"status", "status"}});
  });
}

void define_challenge(Command command, Session& session) {
  struct Options {
    std::string did, claim, reason;
  };
  auto options = std::make_shared<Options>();
  command.argument("DID", options->did, "of whom it is said")
      .argument("CLAIM", options->claim, "as skill:baking")
      .argument("REASON", options->reason, "why it is wrong; kept as a public block");
  command.runs([options, &session] {
    Json body = Json::object({{"claim", options->claim}, {"reason", options->reason}});
    if (!session.key_file.empty()) {
      const auto cid = store_reason(session, options->reason);
      if (!cid) return;
      body = Json::object({{"about", options->did}, {"claim", options->claim}, {"reason_cid", *cid}});
    }
    const auto reply = write(session, path_of(options->did, "/attestations/challenge"),
                             "reputation.challenge", "from", std::move(body));
    if (!reply) return;
    show_fields(session, *reply,
                {{"claim", "claim"}, {"state", "state"}, {"block", "height"}, {"status", "status"}});
  });
}

void define_attestations(Command command, Session& session) {
  struct Options {
    std::string did;
    PageOptions page;
  };
  auto options = std::make_shared<Options>();
  command.optional_argument("DID", options->did, "about whom; that of --as when absent").page(options->page);
  command.runs([options, &session] {
    const auto who = did_or_own(session, options->did);
    if (!who) return;
    const auto reply = get(session, target(path_of(*who, "/attestations"), {}, options->page));
    if (reply) show_table(session, *reply, kAttestationViews, "nothing is attested");
  });
}

void define_appeal(Command command, Session& session) {
  struct Options {
    std::string event_id, reason;
  };
  auto options = std::make_shared<Options>();
  command.argument("EVENT", options->event_id, "number of an event of one's own history")
      .argument("REASON", options->reason, "why it is wrong; kept as a public block")
      .footer("Locks a stake, which is burned if the members reject the appeal.");
  command.runs([options, &session] {
    const auto event = codec::read_uint64(Json::Number{options->event_id});
    if (!event.ok()) {
      return session.fail(kUsage, "EVENT: \"" + options->event_id +
                                      "\" is no number of an event; `icn reputation history` shows them");
    }
    const auto who = did_or_own(session);
    if (!who) return;
    Json body = Json::object({{"event_id", *event}, {"reason", options->reason}});
    if (!session.key_file.empty()) {
      const auto cid = store_reason(session, options->reason);
      if (!cid) return;
      body = Json::object({{"event_id", *event}, {"reason_cid", *cid}});
    }
    const auto reply = write(session, path_of(*who, "/appeals"), "reputation.appeal", "", std::move(body));
    if (!reply) return;
    show_fields(session, *reply,
                {{"event", "event_id"},
                 {"state", "state"},
                 {"stake", "stake"},
                 {"ends", "ends_at", Kind::kTime},
                 {"score", "score"},
                 {"block", "height"}});
  });
}

}  // namespace

void define_reputation(Command command, Session& session) {
  define_show(command.add("show", "somebody's score, and what it is made of"), session);
  define_history(command.add("history", "what changed it, newest first"), session);
  define_endorse(command.add("endorse", "stand up for somebody in one context"), session);
  define_appeal(command.add("appeal", "contest an event of one's own reputation"), session);
  define_attest(command.add("attest", "say that a claim about somebody is true"), session);
  define_challenge(command.add("challenge", "dispute a claim about somebody"), session);
  define_attestations(command.add("attestations", "what is attested of somebody"), session);
}

}  // namespace icn::cli
