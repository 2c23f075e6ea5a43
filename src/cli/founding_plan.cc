#include "cli/founding_plan.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "base/errors.h"
#include "codec/values.h"
#include "crypto/durable_file.h"
#include "federation/directory/profile.h"

namespace icn::cli {
namespace {

constexpr std::size_t kNameBytesMax = 100;
constexpr std::size_t kFounderBytesMax = 40;
constexpr std::int64_t kShareMillimanaMax = 400'000;
constexpr std::size_t kPlanBytesMax = 64 << 10;

Error refused(std::string what) { return Error(errors::kMalformed, std::move(what)); }

bool is_plain(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

Result<void> set_name(FoundingPlan& plan, std::string_view answer) {
  if (answer.empty() || answer.size() > kNameBytesMax || !is_plain(answer))
    return refused("a name has 1 to 100 characters");
  plan.name = answer;
  return {};
}

Result<void> set_type(FoundingPlan& plan, std::string_view answer) {
  std::string known;
  for (const auto& [type, name] : enum_names(federation::CooperativeType{})) {
    if (name == answer) {
      plan.type = answer;
      return {};
    }
    known += (known.empty() ? "" : ", ") + std::string(name);
  }
  return refused("must be one of " + known);
}

Result<void> set_place(FoundingPlan& plan, std::string_view answer) {
  if (answer.size() > kNameBytesMax || !is_plain(answer))
    return refused("a place has at most 100 characters, as \"Basel, CH\"");
  plan.place = answer;
  return {};
}

bool is_file_name(std::string_view name) {
  return !name.empty() && name.size() <= kFounderBytesMax && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Result<void> set_founders(FoundingPlan& plan, std::string_view answer) {
  std::vector<Founder> founders;
  std::set<std::string_view> seen{plan.cooperative.name};
  for (std::size_t at = 0; at <= answer.size();) {
    const std::size_t comma = std::min(answer.find(',', at), answer.size());
    const std::string_view name = trimmed(answer.substr(at, comma - at));
    at = comma + 1;
    if (!is_file_name(name))
      return refused("\"" + std::string(name) +
                     "\": a short name names a file, of a-z, 0-9 and -, 40 at most; commas between them");
    if (!seen.insert(name).second) return refused("\"" + std::string(name) + "\" is taken already");
    founders.push_back({std::string(name), {}});
  }
  if (founders.size() < kFoundersMin || founders.size() > kFoundersMax)
    return refused("3 to 20 people found a cooperative; these are " + std::to_string(founders.size()));
  plan.founders = std::move(founders);
  return {};
}

Result<void> set_share(FoundingPlan& plan, std::string_view answer) {
  const auto amount = codec::read_decimal(answer, 3);
  if (!amount.ok() || *amount < 0 || *amount > kShareMillimanaMax)
    return refused("must be an amount of mana from 0 to 400, with at most 3 decimals");
  plan.share = codec::write_decimal(*amount, 3);
  return {};
}

std::string names_of(const FoundingPlan& plan) {
  std::string out;
  for (const Founder& each : plan.founders) out += (out.empty() ? "" : ", ") + each.name;
  return out;
}

constexpr auto kQuestions = std::to_array<Question>({
    {"--name", "What is the cooperative called?", "", "", &set_name,
     [](const FoundingPlan& plan) { return plan.name; }},
    {"--type", "What kind is it?", "worker, consumer, housing, ...", "worker", &set_type,
     [](const FoundingPlan& plan) { return plan.type; }},
    {"--place", "Where is it?", "as \"Basel, CH\"; may stay empty", "", &set_place,
     [](const FoundingPlan& plan) { return plan.place; }},
    {"--founders", "Who founds it?", "3 to 20 short names, commas between them", "", &set_founders,
     &names_of},
    {"--share", "How much mana does each founder pay into the common pool?", "0 to 400", "20", &set_share,
     [](const FoundingPlan& plan) { return plan.share; }},
});

std::string file_of(const std::string& folder) { return folder + "/founding.json"; }

}  // namespace

std::span<const Question> founding_questions() { return kQuestions; }

Result<std::optional<FoundingPlan>> read_plan(const std::string& folder) {
  if (!std::filesystem::exists(file_of(folder))) return std::optional<FoundingPlan>();
  ICN_TRY_ASSIGN(text, crypto::read_secret_file(file_of(folder), kPlanBytesMax));
  auto json = codec::parse_json(as_text(text.view()));
  if (!json.ok()) return json.error().within(file_of(folder));
  auto plan = codec::from_json<FoundingPlan>(*json);
  if (!plan.ok()) return plan.error().within(file_of(folder));
  return std::optional(std::move(*plan));
}

Result<void> write_plan(const std::string& folder, const FoundingPlan& plan) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (!failure) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failure);
  if (failure) return Error(errors::kInternal, "cannot make the folder " + folder + ": " + failure.message());
  const std::string text = codec::write_json_pretty(codec::to_json(plan)) + "\n";
  return crypto::write_file_durably(file_of(folder), as_bytes(text), crypto::Existing::kRefuse);
}

}  // namespace icn::cli
