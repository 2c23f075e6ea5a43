#include <memory>

#include "cli/remote.h"
#include "cli/table.h"
#include "cli/verbs/all.h"

namespace icn::cli {
namespace {

void define_list(Command command, Session& session) {
  auto prefix = std::make_shared<std::string>();
  command.optional_argument("PREFIX", *prefix, "only names that begin so, as governance.");
  command.runs([prefix, &session] {
    const auto given = prefix->empty() ? std::optional<std::string>() : std::optional(*prefix);
    const auto reply = get(session, target("/governance/parameters", {{"prefix", given}}));
    if (!reply) return;
    show_table(session, *reply,
               {{"NAME", "name"},
                {"VALUE", "value", Kind::kNumber},
                {"FROM", "bounds.min", Kind::kNumber},
                {"TO", "bounds.max", Kind::kNumber},
                {"DECIDED", "last_proposal", Kind::kId}},
               "no such parameters");
  });
}

void define_history(Command command, Session& session) {
  struct Options {
    std::string name;
    PageOptions page;
  };
  auto options = std::make_shared<Options>();
  command.optional_argument("NAME", options->name, "of one parameter").page(options->page, "newest first");
  command.runs([options, &session] {
    const auto name = options->name.empty() ? std::optional<std::string>() : std::optional(options->name);
    const auto reply =
        get(session, target("/governance/parameters/history", {{"name", name}}, options->page));
    if (!reply) return;
    show_table(session, *reply,
               {{"NAME", "name"},
                {"BEFORE", "before", Kind::kNumber},
                {"AFTER", "after", Kind::kNumber},
                {"AT", "at", Kind::kTime},
                {"PROPOSAL", "proposal_id", Kind::kId}},
               "no parameter was changed");
  });
}

}  // namespace

void define_parameter(Command command, Session& session) {
  define_list(command.add("list", "the numbers the network's rules use, with their bounds"), session);
  define_history(command.add("history", "what votes changed"), session);
}

}  // namespace icn::cli
