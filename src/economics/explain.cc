#include "economics/explain.h"

#include "codec/values.h"

namespace icn::economics {
namespace {

double of_ppm(std::uint32_t ppm) { return static_cast<double>(ppm) / kOnePpm; }
std::string mana_text(Millimana amount) { return codec::to_json_text(amount) + " mana"; }
Millimana whole(std::uint64_t rate_nano) {
  return {static_cast<std::int64_t>(rate_nano / kNanoPerMillimana)};
}

std::string next_stage(Stage stage) {
  switch (stage) {
    case Stage::kUnverified:
      return "becoming verified: as a member, or vouched for by the operator";
    case Stage::kVerified:
      return "becoming a contributor: 10 accepted receipts or hours; or joining an organisation";
    case Stage::kContributor:
      return "becoming trusted: reputation 75 and 2 endorsements; or joining an organisation";
    case Stage::kTrusted:
      return "joining an organisation";
  }
  return "";
}

std::vector<FactorShown> factors_of(const Account& account, const NetworkFactors& network,
                                    std::uint64_t months) {
  const Factors& own = account.factors;
  const std::string stage(codec::enum_name(account.stage));
  const std::string age = "month " + std::to_string(months + 1) + " of the network";
  return {
      {"organisation", "kappa", of_ppm(own.kappa_ppm), true, true, "no organisation, stage " + stage,
       next_stage(account.stage)},
      {"resources", "sigma", of_ppm(own.sigma_ppm), true, true, "no resources reported",
       "offering cores, memory, storage or bandwidth"},
      {"trust", "beta", of_ppm(own.beta_ppm), true, false, "reputation 50, where everybody starts",
       "a higher or lower reputation"},
      {"participation", "eta", of_ppm(own.eta_ppm), true, false, "nothing is counted yet",
       "receipts, votes, mediations and endorsements within 30 days"},
      {"governance", "gamma", of_ppm(own.gamma_ppm), false, true, "no proposals to vote on yet",
       "voting on proposals"},
      {"federations", "1 + federation_bonus", of_ppm(kOnePpm + own.federation_bonus_ppm), false, true,
       "no federation", "0.1 for each federation in good standing"},
      {"network health", "network_health", of_ppm(network.network_health_ppm), true, false,
       "parameter economics.network_health_ppm", "a vote"},
      {"emergency", "emergency", of_ppm(network.emergency_ppm), true, false,
       "parameter economics.emergency_ppm", "the end or begin of an emergency"},
      {"bootstrap", "bootstrap", of_ppm(network.bootstrap_ppm), true, false, age,
       "falls after the months 3, 6 and 12 of the network"},
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

}  // namespace

Explanation explain(const Did& did, const Account& account, const ledger::Parameters& parameters,
                    TimestampSecs started, TimestampSecs now) {
  Account next = account;
  refresh(next, parameters, started, now);
  const NetworkFactors network = network_factors(parameters, started, now);
  Explanation out;
  out.did = did;
  out.stage = account.stage;
  out.balance = account.balance;
  out.rate_per_hour = whole(account.rate_nano_per_hour);
  out.cap = account.cap;
  out.next_rate_per_hour = whole(next.rate_nano_per_hour);
  out.next_cap = next.cap;
  out.rate_formula = codec::to_json_text(Millimana{parameters.economics_base_rate}) +
                     " * kappa * sigma * beta * eta * network_health * emergency * bootstrap";
  out.cap_formula = codec::to_json_text(Millimana{parameters.economics_base_cap}) +
                    " * kappa * sigma * gamma * (1 + federation_bonus)";
  out.factors = factors_of(next, network, now <= started ? 0 : (now - started) / kSecsPerMonth);
  out.notes = notes_of(account, parameters);
  if (account.balance < account.cap && account.rate_nano_per_hour > 0) {
    // The least time after which grow() fills the room.
    const auto room = static_cast<std::uint64_t>((account.cap - account.balance).value);
    std::uint64_t low = 0;
    std::uint64_t high = 1ull << 40;
    while (low < high) {
      const std::uint64_t middle = low + (high - low) / 2;
      const Growth growth =
          grow(account.rate_nano_per_hour, middle, account.remainder, {static_cast<std::int64_t>(room)});
      if (growth.regenerated == account.cap - account.balance)
        high = middle;
      else
        low = middle + 1;
    }
    out.full_at = now + low;
  }
  out.daily_allowance = share_of(next.cap, parameters.economics_transfer_daily_ppm);
  if (account.sent_day == now / kSecsPerDay) out.sent_today = account.sent_today;
  out.as_of = now;
  return out;
}

}  // namespace icn::economics
