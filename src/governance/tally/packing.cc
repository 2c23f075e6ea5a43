#include "governance/tally/packing.h"

#include "governance/tally/errors.h"

namespace icn::governance::tally {
namespace {

constexpr std::array<ChoiceName, 7> kChoices{{{"yes", Choice::kYes},
                                              {"no", Choice::kNo},
                                              {"abstain", Choice::kAbstain},
                                              {"no_with_veto", Choice::kNoWithVeto},
                                              {"Yes", Choice::kYes},
                                              {"No", Choice::kNo},
                                              {"Abstain", Choice::kAbstain}}};
constexpr std::size_t kChoicesNamed = 4;  // to people

// The members of a ballot that are there, but for the reason.
std::vector<std::string_view> members_of(const BallotContent& content) {
  std::vector<std::string_view> out;
  if (content.choice) out.push_back("choice");
  if (content.position) out.push_back("position");
  if (content.ranking) out.push_back("ranking");
  if (content.approvals) out.push_back("approvals");
  if (content.scores) out.push_back("scores");
  if (content.credits) out.push_back("credits");
  return out;
}

const ChoiceName* find(std::span<const ChoiceName> names, std::string_view text) {
  for (const ChoiceName& each : names) {
    if (each.name == text) return &each;
  }
  return nullptr;
}

}  // namespace

Result<void> check_members(const BallotContent& content, std::string_view wanted) {
  const auto members = members_of(content);
  if (members.size() == 1 && members.front() == wanted) return {};
  std::string there;
  for (const auto member : members) there += (there.empty() ? "" : ", ") + std::string(member);
  return Error(kBadBallot, "a ballot of this vote has \"" + std::string(wanted) +
                               "\", or \"choice\": \"abstain\"; this one has " +
                               (there.empty() ? "neither" : there));
}

bool is_abstention(const BallotContent& content) {
  if (!content.choice || members_of(content).size() != 1) return false;
  const ChoiceName* found = find(kChoices, *content.choice);
  return found != nullptr && found->choice == Choice::kAbstain;
}

Result<std::string> pack_choice(const BallotContent& content, std::span<const ChoiceName> more) {
  ICN_TRY(check_members(content, "choice"));
  const ChoiceName* found = find(kChoices, *content.choice);
  if (found == nullptr) found = find(more, *content.choice);
  if (found == nullptr) {
    std::string allowed;
    for (const auto& each : std::span(kChoices).first(kChoicesNamed)) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(each.name);
    }
    for (const auto& each : more) allowed += ", " + std::string(each.name);
    return Error(kBadBallot, "choice must be one of: " + allowed);
  }
  if (found->choice == Choice::kAbstain) return packed_abstention();
  return std::string{kVotes, static_cast<char>(found->choice)};
}

Result<std::uint8_t> option_index(const Election& election, std::string_view option) {
  for (std::size_t i = 0; i < election.options.size(); ++i) {
    if (election.options[i] == option) return static_cast<std::uint8_t>(i);
  }
  std::string allowed;
  for (const auto& each : election.options) {
    if (allowed.size() > 500) {
      allowed += ", ...";
      break;
    }
    allowed += (allowed.empty() ? "" : ", ") + each;
  }
  return Error(kBadBallot,
               "no option \"" + std::string(option.substr(0, kOptionBytesMax)) + "\"; there are: " + allowed);
}

}  // namespace icn::governance::tally
