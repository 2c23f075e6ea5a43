#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "cli/cli_testing.h"
#include "cli/command_tree.h"
#include "cli/session.h"

namespace icn::cli {
namespace {

struct Answer {
  int code;
  std::string out, err;
};

Answer call(std::vector<std::string> words, const std::string& input = "") {
  words.insert(words.begin(), "icn");
  std::vector<const char*> argv;
  for (const std::string& word : words) argv.push_back(word.c_str());
  std::istringstream in(input);
  std::ostringstream out, err;
  const ManualClock clock;
  SeededRandom random(1);
  Session session{in, out, err, clock, random};
  const int code = run(static_cast<int>(argv.size()), argv.data(), session);
  return {code, out.str(), err.str()};
}

std::ptrdiff_t lines_of(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

TEST(CommandLine, AWrongVerbOrOptionIsOneLineAndExitCode2) {
  for (const auto& words : {std::vector<std::string>{"nonsense"},
                            {"mana", "nonsense"},
                            {"mana"},
                            {},
                            {"mana", "balance", "--nonsense"},
                            {"mana", "transfer", "did:key:x"},
                            {"completion", "tcsh"},
                            {"events", "--count", "many"}}) {
    const Answer answer = call(words);
    EXPECT_EQ(answer.code, kUsage) << answer.err;
    EXPECT_EQ(lines_of(answer.err), 1) << answer.err;
    EXPECT_EQ(answer.err.rfind("icn: ", 0), 0u) << answer.err;
    EXPECT_EQ(answer.out, "");
  }
}

TEST(CommandLine, AMistakeNamesTheWordAndTheHelpOfItsVerb) {
  EXPECT_NE(call({"nonsense"}).err.find("`nonsense`"), std::string::npos);
  EXPECT_NE(call({"mana", "nonsense"}).err.find("`nonsense`"), std::string::npos);
  EXPECT_NE(call({"mana", "balance", "--nonsense"}).err.find("`icn mana balance --help`"), std::string::npos);
}

TEST(CommandLine, OptionsOfIcnStandBeforeOrAfterTheVerb) {
  const Answer before = call({"--url", "http://127.0.0.1:1", "status"});
  const Answer after = call({"status", "--url", "http://127.0.0.1:1"});
  EXPECT_EQ(before.code, kUnreachable);
  EXPECT_EQ(after.code, kUnreachable);
  EXPECT_EQ(before.err, after.err);
}

TEST(CommandLine, AnAmountThatIsNoneIsRefusedHere) {
  const Answer answer = call({"mana", "transfer", "did:key:x", "1.2345", "--url", "http://127.0.0.1:1"});
  EXPECT_EQ(answer.code, kUsage);
  EXPECT_NE(answer.err.find("1.2345"), std::string::npos);
}

TEST(CommandLine, AValueThatIsNoneIsNamedWithWhatIsAllowed) {
  const std::pair<std::vector<std::string>, std::string> mistakes[] = {
      {{"events", "--count", "many"}, "--count: \"many\" is no whole number"},
      {{"reputation", "appeal", "first", "unfair"}, "EVENT: \"first\" is no number of an event"},
      {{"ledger", "show", "newest"}, "HEIGHT|TX: \"newest\" is neither a height nor 64 hex digits"},
      {{"ledger", "check", "/nonexistent/proof.json"}, "/nonexistent/proof.json: no such file"},
      {{"proposal", "create", ""}, "TEXT: must say what is proposed"},
      {{"job", "submit", ICN_SOURCE_FOLDER "/README.md"}, "does not begin with the header of a WebAssembly"}};
  for (auto [words, said] : mistakes) {
    words.insert(words.begin(), {"--url", "http://127.0.0.1:1"});
    const Answer answer = call(words);
    EXPECT_EQ(answer.code, kUsage) << answer.err;
    EXPECT_NE(answer.err.find(said), std::string::npos) << answer.err;
  }
}

TEST(CommandLine, TheSettingsFileSaysWhereTheNodesFolderIsUnlessDataDoes) {
  const std::filesystem::path file = std::filesystem::path(::testing::TempDir()) / "cli_data_path.toml";
  std::ofstream(file) << "data_path = \"/nonexistent/of-the-file\"\n";
  EXPECT_NE(call({"ledger", "verify", "--config", file.string()}).err.find("/nonexistent/of-the-file/store "),
            std::string::npos);
  EXPECT_NE(call({"ledger", "verify", "--config", file.string(), "--data", "/nonexistent/given"})
                .err.find("/nonexistent/given/store "),
            std::string::npos);
  EXPECT_NE(call({"--data", "/nonexistent/given", "node", "--check"}).out.find("\"/nonexistent/given\""),
            std::string::npos);
  std::filesystem::remove(file);
}

TEST(CommandLine, AFooterIsSaidOfItsOwnVerbAlone) {
  EXPECT_NE(call({"devnet", "--help"}).out.find("Ctrl-C ends the nodes"), std::string::npos);
  EXPECT_EQ(call({"devnet", "down", "--help"}).out.find("Ctrl-C ends the nodes"), std::string::npos);
}

TEST(CommandLine, TheVectorsVerbAnswersStandardInput) {
  const Answer answer = call({"vectors"}, "{\"op\":\"jcs\",\"in\":\"31\"}\n");
  EXPECT_EQ(answer.out, "{\"out\":\"31\"}\n");
  EXPECT_EQ(answer.code, kOk);
}

TEST(CommandLine, BadSettingsHaveTheirOwnExitCode) {
  const Answer answer = call({"node", "--check", "--mesh.parallel=many"});
  EXPECT_EQ(answer.code, kBadSettings);
  EXPECT_NE(answer.err.find("mesh.parallel"), std::string::npos);
  EXPECT_EQ(
      call({"node", "--check", "--development"}).out.find("profile = \"development\"") != std::string::npos,
      true);
}

TEST(CommandLine, HelpAndVersionAreNoMistakes) {
  EXPECT_EQ(call({"--version"}).out, "icn " ICN_VERSION "\n");
  const Answer help = call({"mana", "--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_NE(help.out.find("transfer"), std::string::npos);
}

// docs/reference/cli.md is what `icn reference` prints.
TEST(CommandLine, TheReferencePageIsUpToDate) {
  std::ifstream file(ICN_SOURCE_FOLDER "/docs/reference/cli.md");
  std::stringstream page;
  page << file.rdbuf();
  EXPECT_EQ(page.str(), reference_page(describe_command_line()))
      << "run: build/icn reference > docs/reference/cli.md";
}

// Asks `shell` about its script, and runs the script with `more` behind it; skips when there is no such
// shell.
void check_script(const std::string& shell, const std::string& more) {
  if (testing::run_program({shell, "-c", "true"}) != 0) GTEST_SKIP() << "no " << shell << " here";
  const std::filesystem::path file = std::filesystem::path(::testing::TempDir()) /
                                     ("icn_completion_" + std::to_string(::getpid()) + "." + shell);
  std::ofstream(file) << completion_script(describe_command_line(), shell) << more;
  EXPECT_EQ(testing::run_program({shell, "-n", file.string()}), 0);
  if (!more.empty()) {
    EXPECT_EQ(testing::run_program({shell, file.string()}), 0);
  }
  std::filesystem::remove(file);
}

TEST(CommandLine, BashCompletesVerbsAndOptions) {
  check_script("bash",
               "\nexpect() { [[ \" ${COMPREPLY[*]} \" == *\" $1 \"* ]] || { echo \"no $1 in "
               "${COMPREPLY[*]}\"; exit 1; }; }\n"
               "COMP_WORDS=(icn ma); COMP_CWORD=1; _icn; expect mana\n"
               "COMP_WORDS=(icn --json mana tr); COMP_CWORD=3; _icn; expect transfer\n"
               "COMP_WORDS=(icn mana transfer --m); COMP_CWORD=3; _icn; expect --memo\n"
               "COMP_WORDS=(icn completion f); COMP_CWORD=2; _icn; expect fish\n");
}

TEST(CommandLine, ZshReadsItsScript) { check_script("zsh", ""); }
TEST(CommandLine, FishReadsItsScript) { check_script("fish", ""); }

}  // namespace
}  // namespace icn::cli
