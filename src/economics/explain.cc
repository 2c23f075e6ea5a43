#include "economics/explain.h"

#include <algorithm>

#include "codec/values.h"

namespace icn::economics {
namespace {

double of_ppm(std::uint32_t ppm) { return static_cast<double>(ppm) / kOnePpm; }
std::string mana_text(Millimana amount) { return codec::to_json_text(amount) + " mana"; }
Millimana whole(std::uint64_t rate_nano) {
  return {static_cast<std::int64_t>(rate_nano / kNanoPerMillimana)};
}

std::string points_text(reputation::Points points) { return codec::to_json_text(points); }

bool does_some_organisation_give_more(std::uint32_t than_ppm, const ledger::Parameters& parameters) {
  for (const Organisation each :
       {Organisation::kCommunity, Organisation::kCooperative, Organisation::kFederation}) {
    if (kappa_ppm(Stage::kVerified, each, parameters) > than_ppm) return true;
  }
  return false;
}

// Only what would raise the factor: the stages of who is in an organisation that gives more do not.
std::string stage_change(const Account& account, const Inputs& inputs, const ledger::Parameters& parameters) {
  if (account.stage == Stage::kUnverified)
    return "becoming verified: as a member, or vouched for by a member or the operator";
  const auto as = [&](Stage stage) { return kappa_ppm(stage, account.organisation, parameters); };
  const std::uint32_t now = account.factors.kappa_ppm;
  const std::string contributor = "10 accepted receipts, it has " + std::to_string(inputs.standing.receipts);
  const std::string trusted = "reputation 75, it has " + points_text(inputs.score) +
                              ", and 2 people's endorsements, it has " +
                              std::to_string(inputs.standing.endorsements);
  std::vector<std::string> ways;
  if (account.stage == Stage::kVerified && as(Stage::kContributor) > now)
    ways.push_back("becoming a contributor: " + contributor);
  else if (account.stage != Stage::kTrusted && as(Stage::kTrusted) > now)
    ways.push_back("becoming trusted: " + trusted);
  if (does_some_organisation_give_more(now, parameters))
    ways.push_back("joining an organisation that gives more");
  if (account.stage == Stage::kTrusted && as(Stage::kContributor) < now)
    ways.push_back("it stays so with a reputation of 75");
  if (ways.empty()) return "nothing: no stage and no organisation gives more";
  std::string out = ways.front();
  for (std::size_t i = 1; i < ways.size(); ++i) out += "; " + ways[i];
  return out;
}

FactorShown kappa_shown(const Account& account, const Inputs& inputs, const ledger::Parameters& parameters) {
  std::string input = "stage " + std::string(codec::enum_name(account.stage));
  if (inputs.memberships.items.empty()) input += ", member of no organisation";
  for (const Membership& each : inputs.memberships.items) {
    input += ", member of " + each.scope;
    if (each.kind != Organisation::kNone) input += " (" + std::string(codec::enum_name(each.kind)) + ")";
  }
  return {"organisation", "kappa",          of_ppm(account.factors.kappa_ppm),        true,
          true,           std::move(input), stage_change(account, inputs, parameters)};
}

struct FigureText {
  std::uint64_t Figures::*figure;
  const char* unit;
};
constexpr FigureText kFigureTexts[] = {{&Figures::cpu_cores, "cores"},
                                       {&Figures::memory_mb, "MB of memory"},
                                       {&Figures::storage_gb, "GB of storage"},
                                       {&Figures::bandwidth_mbps, "Mbit/s"},
                                       {&Figures::gpu, "GPUs"}};

FactorShown sigma_shown(const Account& account, const Inputs& inputs) {
  FactorShown out{"resources", "sigma", of_ppm(account.factors.sigma_ppm), true, true, "", ""};
  if (!inputs.capacity) {
    out.input = "no capacity is declared: it counts as 1";
    out.would_change =
        "declaring what its machines offer: each figure counts by its ratio to the mean of all";
    return out;
  }
  const auto& [declared, counted, success, at] = *inputs.capacity;
  const CapacitySums& sums = inputs.capacity_sums;
  const std::uint64_t accounts = std::max<std::uint64_t>(sums.accounts, 1);
  for (const FigureText& each : kFigureTexts) {
    out.input += std::to_string(counted.*each.figure) + " of " + std::to_string(declared.*each.figure) + " " +
                 each.unit + " (mean " + std::to_string(sums.counted.*each.figure / accounts) + "), ";
  }
  out.input += std::to_string(success / 10'000) + " % of its jobs succeeded (mean " +
               std::to_string(sums.job_success_ppm / accounts / 10'000) + " %)";
  out.would_change = "declaring anew after larger jobs: what counts is what accepted receipts bear out, or " +
                     std::to_string(kFiguresTaken.cpu_cores) + " cores, " +
                     std::to_string(kFiguresTaken.memory_mb) + " MB, " +
                     std::to_string(kFiguresTaken.storage_gb) + " GB and " +
                     std::to_string(kFiguresTaken.bandwidth_mbps) + " Mbit/s if that is more";
  return out;
}

FactorShown eta_shown(const Account& account, const Inputs& inputs) {
  const std::string acts = std::to_string(inputs.activity) + " receipts, ballots and endorsements in 30 days";
  if (inputs.is_newcomer)
    return {"participation",
            "eta",
            of_ppm(account.factors.eta_ppm),
            true,
            false,
            "counts as 1 while the account is new; " + acts,
            "the end of its first days: then 0.25 + 0.0625 for each of up to 20 acts in 30 days"};
  return {
      "participation",
      "eta",
      of_ppm(account.factors.eta_ppm),
      true,
      false,
      acts,
      "each accepted receipt, ballot, mediation or endorsement adds 0.0625 for 30 days, up to 20 of them"};
}

FactorShown gamma_shown(const Account& account, const Inputs& inputs) {
  const auto& [eligible, voted] = inputs.turnout;
  const std::string input = eligible == 0 ? "no vote that it could take part in has ended in 90 days"
                                          : "took part in " + std::to_string(voted) + " of " +
                                                std::to_string(eligible) + " votes of the last 90 days";
  return {"governance",
          "gamma",
          of_ppm(account.factors.gamma_ppm),
          false,
          true,
          input,
          "voting in its scopes, itself or by a delegate who votes; a vote counts when it has ended, for 90 "
          "days"};
}

FactorShown sybil_shown(const Account& account, const Inputs& inputs, bool is_watched) {
  std::string input = "sybil score " + std::to_string(inputs.sybil_score);
  if (!is_watched) input += ", which this network does not use";
  for (const SybilReason& each : inputs.suspicion)
    input += "; +" + std::to_string(each.points) + " " + each.reason;
  std::string change = inputs.suspicion.empty() ? "a score of 15 or more" : "";
  for (const SybilReason& each : inputs.suspicion) change += (change.empty() ? "ends " : "; ") + each.ends;
  return {"sybil score of the rate", "sybil_rate",     of_ppm(account.factors.sybil_rate_ppm), true, false,
          std::move(input),          std::move(change)};
}

FactorShown share_shown(const Account& account, const Inputs& inputs, const ledger::Parameters& parameters) {
  const std::string most = codec::write_decimal(parameters.economics_organisation_share_max_ppm / 100, 2);
  FactorShown out{"organisation's share", "share", of_ppm(account.factors.share_ppm), true, false, "", ""};
  out.input = account.home.empty()
                  ? "counts with no organisation"
                  : "counts with " + account.home + ", whose members regenerate " +
                        codec::write_decimal(static_cast<std::int64_t>(inputs.share.rate_micro / 1'000), 3) +
                        " mana an hour together";
  out.would_change = "of three and more organisations none has more than " + most +
                     " % of what all regenerate: a smaller part of its own, or more of the others";
  return out;
}

std::vector<FactorShown> factors_of(const Account& account, const Inputs& inputs,
                                    const NetworkFactors& network, const ledger::Parameters& parameters,
                                    std::uint64_t months) {
  const Factors& own = account.factors;
  const std::string age = "month " + std::to_string(months + 1) + " of the network";
  const FactorShown sybil = sybil_shown(account, inputs, parameters.economics_sybil_watch != 0);
  return {
      kappa_shown(account, inputs, parameters),
      sigma_shown(account, inputs),
      {"trust", "beta", of_ppm(own.beta_ppm), true, false, "reputation " + points_text(inputs.score),
       "reputation: below 50 a point is 0.01, above 0.02"},
      eta_shown(account, inputs),
      gamma_shown(account, inputs),
      {"federations", "1 + federation_bonus", of_ppm(kOnePpm + own.federation_bonus_ppm), false, true,
       own.federation_bonus_ppm == 0 ? "member of no federation" : "memberships of federations",
       "0.1 for each federation in good standing, 0.5 at most"},
      {"network health", "network_health", of_ppm(network.network_health_ppm), true, false,
       "parameter economics.network_health_ppm", "a vote"},
      {"emergency", "emergency", of_ppm(network.emergency_ppm), true, false,
       "parameter economics.emergency_ppm", "the end or begin of an emergency"},
      {"bootstrap", "bootstrap", of_ppm(network.bootstrap_ppm), true, false, age,
       "falls after the months 3, 6 and 12 of the network"},
      sybil,
      share_shown(account, inputs, parameters),
      {"sybil score of the cap", "sybil_cap", of_ppm(own.sybil_cap_ppm), false, true, sybil.input,
       sybil.would_change},
  };
}

std::vector<std::string> notes_of(const Account& account, const ledger::Parameters& parameters) {
  std::vector<std::string> notes;
  if (account.stage == Stage::kUnverified) {
    notes.push_back("An unverified account does not regenerate and cannot pay; it may receive up to " +
                    mana_text(receive_limit(account, parameters)) + ".");
  } else if (account.balance >= account.cap) {
    notes.push_back("The balance has reached the cap: regeneration pauses until it is below.");
  }
  if (account.trim) {
    notes.push_back("The cap fell: what is left of " + mana_text(account.trim->total) +
                    " is cut off in equal daily parts over 30 days, down to the cap.");
  }
  return notes;
}

// The least time after which grow() fills the room.
std::optional<TimestampSecs> full_at(const Account& account, TimestampSecs now) {
  if (account.balance >= account.cap || account.rate_nano_per_hour == 0) return {};
  const Millimana room = account.cap - account.balance;
  std::uint64_t low = 0;
  std::uint64_t high = 1ull << 40;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (grow(account.rate_nano_per_hour, middle, account.remainder, room).regenerated == room)
      high = middle;
    else
      low = middle + 1;
  }
  return now + low;
}

}  // namespace

Explanation explain(const Did& did, const Account& account, const Inputs& inputs,
                    const ledger::Parameters& parameters, TimestampSecs started, TimestampSecs now) {
  Account next = account;
  apply_inputs(inputs, parameters, now, next);
  refresh(next, parameters, started, now);
  const NetworkFactors network = network_factors(parameters, started, now);
  Explanation out;
  out.did = did;
  out.stage = next.stage;
  out.organisation = next.organisation;
  out.reputation = inputs.score;
  out.sybil_score = inputs.sybil_score;
  out.sybil_reasons = inputs.suspicion;
  out.balance = account.balance;
  out.rate_per_hour = whole(account.rate_nano_per_hour);
  out.cap = account.cap;
  out.next_rate_per_hour = whole(next.rate_nano_per_hour);
  out.next_cap = next.cap;
  out.rate_formula =
      codec::to_json_text(Millimana{parameters.economics_base_rate}) +
      " * kappa * sigma * beta * eta * network_health * emergency * bootstrap * sybil_rate * share";
  out.cap_formula = codec::to_json_text(Millimana{parameters.economics_base_cap}) +
                    " * kappa * sigma * gamma * (1 + federation_bonus) * sybil_cap";
  out.factors =
      factors_of(next, inputs, network, parameters, now <= started ? 0 : (now - started) / kSecsPerMonth);
  out.notes = notes_of(next, parameters);
  out.full_at = full_at(account, now);
  out.daily_allowance = share_of(next.cap, parameters.economics_transfer_daily_ppm);
  if (account.sent_day == now / kSecsPerDay) out.sent_today = account.sent_today;
  out.as_of = now;
  return out;
}

}  // namespace icn::economics
