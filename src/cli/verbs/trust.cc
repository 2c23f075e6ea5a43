#include <memory>

#include "cli/remote.h"
#include "cli/table.h"
#include "cli/verbs/all.h"

namespace icn::cli {
namespace {

const std::vector<View> kEdgeViews{{"WHO", "from", Kind::kId},
                                   {"TRUSTS", "to", Kind::kId},
                                   {"HOW FAR", "level"},
                                   {"IN", "context"},
                                   {"SINCE", "created_at", Kind::kTime}};

void define_list(Command command, Session& session) {
  struct Options {
    std::optional<std::string> from, to, context, level;
    PageOptions page;
  };
  auto options = std::make_shared<Options>();
  command.option("--from", options->from, "only of this DID")
      .option("--to", options->to, "only in this DID")
      .option("--context", options->context, "only in this one")
      .option("--level", options->level, "basic, partial or full")
      .page(options->page, "by who trusts");
  command.runs([options, &session] {
    const auto reply = get(session, target("/trust/relationships",
                                           {{"from", options->from},
                                            {"to", options->to},
                                            {"context", options->context},
                                            {"level", options->level}},
                                           options->page));
    if (reply) show_table(session, *reply, kEdgeViews, "nobody trusts anybody so");
  });
}

void define_paths(Command command, Session& session) {
  struct Options {
    std::string from, to;
    std::optional<std::string> context;
  };
  auto options = std::make_shared<Options>();
  command.argument("FROM", options->from, "DID that trusts")
      .argument("TO", options->to, "DID that is trusted")
      .option("--context", options->context, "in what; general unless said");
  command.runs([options, &session] {
    const auto reply =
        get(session, target("/trust/paths",
                            {{"from", options->from}, {"to", options->to}, {"context", options->context}}));
    if (reply) show_all(session, *reply);
  });
}

void define_score(Command command, Session& session) {
  auto did = std::make_shared<std::string>();
  command.argument("DID", *did, "whose score");
  command.runs([did, &session] {
    const auto reply = get(session, "/trust/score/" + segment(*did));
    if (reply) show_all(session, *reply);
  });
}

void define_stats(Command command, Session& session) {
  command.runs([&session] {
    const auto reply = get(session, "/trust/stats");
    if (reply) show_all(session, *reply);
  });
}

}  // namespace

void define_trust(Command command, Session& session) {
  command.footer("icn cooperative trust says whom one trusts.");
  define_list(command.add("list", "who trusts whom"), session);
  define_paths(command.add("paths", "how one DID comes to trust another, over 3 hops at most"), session);
  define_score(command.add("score", "how much trust comes together at a DID"), session);
  define_stats(command.add("stats", "how many trust each other, in what, and how unequally"), session);
}

}  // namespace icn::cli
