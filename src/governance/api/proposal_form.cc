#include "governance/api/proposal_form.h"

#include <algorithm>

#include "base/errors.h"
#include "governance/errors.h"
#include "governance/text.h"

namespace icn::governance::api {
namespace {

constexpr std::size_t kTitleMax = 200;
constexpr std::size_t kDescriptionMin = 100;
constexpr std::size_t kTextMax = 10'000;
constexpr std::size_t kDerivedTitleBytes = 80;

Error malformed(std::string what) { return Error(errors::kMalformed, std::move(what)); }

const std::string* text_of(const codec::Json& object, std::string_view name) {
  const codec::Json* found = object.find(name);
  return found == nullptr ? nullptr : found->string();
}

// Puts the CID of a text in place of the text.
Result<void> keep_words(const KeepText& keep, codec::Json& data, std::string_view name) {
  const std::string* words = text_of(data, name);
  if (words == nullptr) return {};
  if (words->empty() || character_count(*words) > kTextMax)
    return malformed(std::string(name) + ": must be of 1 to 10000 characters");
  ICN_TRY_ASSIGN(cid, keep(*words));
  data.erase(name);
  data.set(std::string(name) + "_cid", cid.to_string());
  return {};
}

std::vector<codec::Json> all_actions(const PostProposal::Input& input) {
  std::vector<codec::Json> all = input.actions;
  if (input.proposal) all.insert(all.begin(), *input.proposal);
  return all;
}

bool is_text_alone(const PostProposal::Input& input) {
  return std::ranges::all_of(all_actions(input), [](const codec::Json& action) {
    const std::string* type = text_of(action, "type");
    return type != nullptr && *type == "GenericText";
  });
}

// The text of the only action stands for a description that is not given.
std::string description_of(const PostProposal::Input& input) {
  if (input.description) return *input.description;
  for (const codec::Json& action : all_actions(input)) {
    const codec::Json* data = action.find("data");
    if (data != nullptr && data->string() != nullptr) return *data->string();
    const std::string* text = data == nullptr ? nullptr : text_of(*data, "text");
    if (text != nullptr) return *text;
  }
  return "";
}

// The beginning of a text, cut between characters.
std::string beginning(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  if (text.size() <= kDerivedTitleBytes) return std::string(text);
  std::size_t end = kDerivedTitleBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

}  // namespace

Result<QuorumAsk> read_quorum(const codec::Json& json) {
  if (const auto* number = json.number()) {
    const auto count = codec::read_uint64(*number);
    if (!count.ok()) return malformed("quorum: a number is a count of members");
    return QuorumAsk{QuorumKind::kFixed, *count};
  }
  const std::string* text = json.string();
  if (text != nullptr && *text == "none") return QuorumAsk{QuorumKind::kNone, 0};
  if (text != nullptr && *text == "dynamic") return QuorumAsk{QuorumKind::kDynamic, 0};
  if (text != nullptr && text->ends_with('%')) {
    const auto ppm = codec::read_decimal(std::string_view(*text).substr(0, text->size() - 1), 4);
    if (ppm.ok() && *ppm >= 0 && *ppm <= 1'000'000)
      return QuorumAsk{QuorumKind::kPercent, static_cast<std::uint64_t>(*ppm)};
  }
  return malformed("quorum: must be a count of members, a percentage as in \"25%\", \"none\" or \"dynamic\"");
}

Result<std::uint64_t> read_threshold(const codec::Json& json) {
  const std::string* text = json.string() != nullptr   ? json.string()
                            : json.number() != nullptr ? &json.number()->text
                                                       : nullptr;
  if (text != nullptr) {
    const auto ppm = codec::read_decimal(*text, 6);
    if (ppm.ok() && *ppm >= 500'000 && *ppm <= 1'000'000) return static_cast<std::uint64_t>(*ppm);
  }
  return malformed("threshold: must be from 0.5 to 1, with at most 6 decimals");
}

Result<bool> read_delegation(const codec::Json& json) {
  if (json.boolean() != nullptr) return *json.boolean();
  if (json.string() != nullptr && *json.string() == "on") return true;
  if (json.string() != nullptr && *json.string() == "off") return false;
  return malformed("delegation: must be \"on\" or \"off\"");
}

Result<std::vector<Action>> read_actions(const std::vector<codec::Json>& given_actions,
                                         const KeepText& keep) {
  std::vector<Action> out;
  for (codec::Json action : given_actions) {
    const std::string place = "actions[" + std::to_string(out.size()) + "]";
    codec::Json* object = action.object() == nullptr ? nullptr : &action;
    const codec::Json* given = object == nullptr ? nullptr : action.find("data");
    if (object != nullptr) {
      codec::Json data = given == nullptr ? codec::Json(codec::Json::Object{}) : *given;
      if (data.string() != nullptr) data = codec::Json::object({{"text", *data.string()}});
      if (data.object() == nullptr) return malformed(place + ".data: must be an object");
      for (const char* name : {"text", "purpose"}) {
        if (auto kept = keep_words(keep, data, name); !kept.ok()) return kept.error().within(place + ".data");
      }
      action.set("data", std::move(data));
    }
    auto read = codec::from_json<Action>(action);
    if (!read.ok()) return read.error().within(place);
    out.push_back(std::move(read).value());
  }
  return out;
}

Result<std::vector<Action>> read_actions(dag::Texts& texts, const PostProposal::Input& input) {
  return read_actions(all_actions(input), [&](const std::string& text) { return texts.add(text); });
}

Result<ProposalText> checked_text(const PostProposal::Input& input) {
  ProposalText text;
  text.description = description_of(input);
  if (text.description.empty()) return malformed("description: is required");
  text.title = input.title.value_or(beginning(text.description));
  text.rationale = input.rationale.value_or("");
  text.impact = input.impact.value_or("");
  text.options = input.options;
  if (character_count(text.title) > kTitleMax)
    return malformed("title: must be at most " + std::to_string(kTitleMax) + " characters");
  for (const std::string* each : {&text.description, &text.rationale, &text.impact}) {
    if (character_count(*each) > kTextMax)
      return malformed("description, rationale, impact: must be at most " + std::to_string(kTextMax) +
                       " characters each");
  }
  if (!is_text_alone(input) && character_count(text.description) < kDescriptionMin) {
    return Error(kTooShort, "description: must be at least " + std::to_string(kDescriptionMin) +
                                " characters, when the proposal does more than decide a text");
  }
  return text;
}

Result<Bytes> text_block(const Api& api, const PostProposal::Input& input) {
  ICN_TRY_ASSIGN(text, checked_text(input));
  text.salt = api.random.bytes(16);
  return codec::encode_block(text);
}

}  // namespace icn::governance::api
