#include <array>
#include <cstdlib>
#include <istream>
#include <memory>
#include <ostream>

#include "cli/founding.h"
#include "cli/remote.h"
#include "cli/signing.h"
#include "cli/table.h"
#include "cli/verbs/all.h"
#include "crypto/passphrase.h"
#include "identity/did.h"

namespace icn::cli {
namespace {

using codec::Json;

constexpr std::size_t kQuestions = 5;
constexpr const char* kPassphraseVariable = "ICN_KEY_PASSPHRASE";

struct Options {
  std::array<std::optional<std::string>, kQuestions> answers;
  std::string folder = "cooperative";
  bool is_plain = false;
};

// One line of the standard input; none: it has ended.
std::optional<std::string> read_answer(Session& session, const Question& question, std::size_t number) {
  session.err << number << " of " << kQuestions << "  " << question.asks;
  if (!question.allowed.empty()) session.err << " (" << question.allowed << ")";
  if (!question.fallback.empty()) session.err << " [" << question.fallback << "]";
  session.err << " " << std::flush;
  std::string line;
  if (!std::getline(session.in, line)) return std::nullopt;
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line.empty() ? std::string(question.fallback) : line;
}

bool ask(Session& session, const Question& question, std::size_t number, FoundingPlan& plan) {
  while (true) {
    const auto answer = read_answer(session, question, number);
    if (!answer) {
      session.err << "\n";
      session.fail(kUsage, std::string(question.option) + ": there was no answer; nothing was changed");
      return false;
    }
    const Result<void> taken = question.set(plan, *answer);
    if (taken.ok()) return true;
    session.err << "   " << taken.error().detail() << "\n";
  }
}

// What was given as options is checked before anything is asked.
std::optional<FoundingPlan> ask_all(Session& session, const Options& options) {
  const auto questions = founding_questions();
  FoundingPlan plan;
  plan.cooperative.name = "cooperative";
  for (std::size_t i = 0; i < kQuestions; ++i) {
    if (!options.answers[i]) continue;
    const Result<void> taken = questions[i].set(plan, *options.answers[i]);
    if (!taken.ok()) {
      session.fail(kUsage, std::string(questions[i].option) + ": " + taken.error().detail());
      return std::nullopt;
    }
  }
  for (std::size_t i = 0; i < kQuestions; ++i) {
    if (!options.answers[i] && !ask(session, questions[i], i + 1, plan)) return std::nullopt;
  }
  return plan;
}

// A founding that was begun is gone on with as it was answered then.
bool agrees(Session& session, const Options& options, const FoundingPlan& begun) {
  for (std::size_t i = 0; i < kQuestions; ++i) {
    const Question& question = founding_questions()[i];
    if (!options.answers[i]) continue;
    FoundingPlan given = begun;
    const Result<void> taken = question.set(given, *options.answers[i]);
    if (taken.ok() && question.get(given) == question.get(begun)) continue;
    session.fail(kRefused, options.folder + " holds the founding of \"" + begun.name + "\" with " +
                               std::string(question.option) + " \"" + question.get(begun) +
                               "\"; name another folder with --folder");
    return false;
  }
  return true;
}

// Every key file is opened several times: the passphrase is asked for once.
bool have_passphrase(Session& session, bool is_new) {
  crypto::PassphraseSources sources;
  if (const char* value = std::getenv(kPassphraseVariable)) sources.variable_value = value;
  if (const char* file = std::getenv("ICN_KEY_PASSPHRASE_FILE")) sources.file = file;
  sources.prompt = is_new ? crypto::Prompt::kTwice : crypto::Prompt::kOnce;
  const auto secret = crypto::find_passphrase(sources);
  if (!secret.ok()) {
    session.fail(kUsage, secret.error().detail() + "; --no-passphrase leaves the keys unencrypted");
    return false;
  }
  ::setenv(kPassphraseVariable, std::string(as_text(secret->view())).c_str(), 1);
  return true;
}

void draw_nonces(Session& session, FoundingPlan& plan) {
  plan.cooperative.nonce.bytes = session.random.bytes(identity::kDidNonceSize);
  for (Founder& each : plan.founders) each.nonce.bytes = session.random.bytes(identity::kDidNonceSize);
}

// A new plan, kept in the folder before anything is done.
std::optional<FoundingPlan> begin(Session& session, const Options& options, const NodeInfo& node) {
  if (!may_be_founded(session)) return std::nullopt;
  auto plan = ask_all(session, options);
  if (!plan || (!options.is_plain && !have_passphrase(session, true))) return std::nullopt;
  plan->network = node.network;
  plan->node_did = node.did;
  draw_nonces(session, *plan);
  const Result<void> kept = write_plan(options.folder, *plan);
  if (!kept.ok()) return session.fail(kFailed, kept.error().detail()), std::nullopt;
  return plan;
}

// Whether what the folder holds is a founding on this node, with these answers.
bool belongs(Session& session, const Options& options, const NodeInfo& node, const FoundingPlan& plan) {
  if (!agrees(session, options, plan)) return false;
  if (plan.network == node.network && plan.node_did == node.did) return true;
  session.fail(kRefused, options.folder + " holds a founding on the node " + plan.node_did + " of " +
                             plan.network + ", this is another one");
  return false;
}

std::optional<FoundingPlan> go_on(Session& session, const Options& options, const NodeInfo& node,
                                  FoundingPlan plan) {
  if (!belongs(session, options, node, plan)) return std::nullopt;
  if (!options.is_plain && !have_passphrase(session, false)) return std::nullopt;
  return plan;
}

void show(Session& session, Json founded, bool is_new) {
  founded.set("changed", is_new);
  if (session.json) return show_json(session, founded);
  session.out << (is_new ? "founded\n" : "founded already: nothing was changed\n");
  show_fields(session, founded,
              {{"cooperative", "did", Kind::kId},
               {"name", "name"},
               {"pool", "pool", Kind::kId},
               {"folder", "folder"}});
  session.out << table_text(
      *founded.find("founders")->array(),
      {{"FOUNDER", "name"}, {"DID", "did", Kind::kId}, {"KEY FILE", "key"}, {"CREDENTIAL", "credential"}},
      session.is_terminal);
  session.out
      << "next: hand each founder their key file, with its .did; with --key FILE they act as themselves\n";
}

void run_wizard(Session& session, const Options& options) {
  if (!session.key_file.empty() || !session.acting_did.empty())
    return session.fail(kUsage, "--key and --as: the node's operator founds, with an API key of the node");
  const auto node = node_info(session);
  if (!node || !get(session, "/system/config")) return;
  auto begun = read_plan(options.folder);
  if (!begun.ok()) return session.fail(kFailed, begun.error().detail());
  const auto plan =
      *begun ? go_on(session, options, *node, std::move(**begun)) : begin(session, options, *node);
  if (!plan) return;
  const auto founded =
      found(session, options.folder, *plan, options.is_plain ? Protection::kNone : Protection::kPassphrase);
  if (founded) return show(session, *founded, true);
  session.err << "the same command goes on where this one ended\n";
}

}  // namespace

void define_wizard(Command command, Session& session) {
  auto options = std::make_shared<Options>();
  for (std::size_t i = 0; i < kQuestions; ++i) {
    const Question& question = founding_questions()[i];
    std::string doc(question.asks);
    if (!question.allowed.empty()) doc += " (" + std::string(question.allowed) + ")";
    command.option(std::string(question.option), options->answers[i], doc);
  }
  command.option("--folder", options->folder, "where keys, credentials and the answers are kept")
      .flag("--no-passphrase", options->is_plain, "leave the key files unencrypted")
      .footer(
          "Asks for what is not given. Until the last answer nothing is changed; interrupted later, the same "
          "command goes on, and once all is done it changes nothing. Where the cooperative's account is "
          "empty each "
          "founder pays it 5 mana, for what it signs. Needs an operator's API key.");
  command.runs([options, &session] { run_wizard(session, *options); });
}

}  // namespace icn::cli
