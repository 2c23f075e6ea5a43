#include <memory>
#include <ostream>

#include "cli/command_tree.h"
#include "cli/verbs/all.h"

namespace icn::cli {

void define_completion(Command command, Session& session) {
  auto shell = std::make_shared<std::string>();
  Command(command).choice("SHELL", *shell, {"bash", "zsh", "fish"}, "whose script to print");
  command.footer("For bash: `source <(icn completion bash)`.");
  command.runs([shell, &session] { session.out << completion_script(describe_command_line(), *shell); });
}

void define_reference(Command command, Session& session) {
  command.runs([&session] { session.out << reference_page(describe_command_line()); });
}

}  // namespace icn::cli
