#include <gtest/gtest.h>

#include <map>
#include <set>

#include "economics/accounts.h"
#include "economics/economics_testing.h"

// Random steps against a model that knows nothing of the code: it counts in 1 / (3,600 . 10^6) parts of a
// millimana, second by second of the formula's meaning, and has its own idea of what is allowed.
namespace icn::economics {
namespace {

__extension__ using Parts = __int128;
constexpr Parts kPartsPerMillimana = 3'600'000'000;
constexpr std::int64_t kCap = 7'000'000;  // development: 10,000 . 0.7 mana
constexpr std::int64_t kGrant = 1'750'000;

struct ModelAccount {
  Parts parts = 0;
  std::int64_t locked = 0;
  std::int64_t rate_millimana = 0;  // an hour
  TimestampSecs written = 0;
  bool is_verified = false;
  bool exists = false;
  TimestampSecs created = 0;
  std::uint64_t factors_day = 0;               // factors are read at the first write of a day
  bool is_newcomer = true;                     // as they were read
  std::map<std::uint64_t, std::int64_t> held;  // by the end of its minute

  std::int64_t balance() const { return static_cast<std::int64_t>(parts / kPartsPerMillimana); }
  std::int64_t available(TimestampSecs now) const {
    std::int64_t free = balance() - locked;
    for (const auto& [end, amount] : held) free -= end > now ? amount : 0;
    return free;
  }
};

class Model {
 public:
  explicit Model(TimestampSecs start) : start_(start) {}

  // As it would be at `now`; nothing is stored.
  ModelAccount at(std::uint64_t who, TimestampSecs now) const {
    const auto found = accounts_.find(who);
    if (found == accounts_.end()) return {};
    ModelAccount account = found->second;
    const std::int64_t cap = account.is_verified ? kCap : 0;
    if (now > account.written) {
      if (account.balance() >= cap) {
        account.parts = Parts{account.balance()} * kPartsPerMillimana;
      } else {
        // R millimana an hour = R . 10^6 parts a second
        account.parts +=
            Parts{account.rate_millimana} * 1'000'000 * static_cast<Parts>(now - account.written);
        if (account.balance() >= cap) account.parts = Parts{cap} * kPartsPerMillimana;
      }
    }
    return account;
  }
  ModelAccount& write(std::uint64_t who, TimestampSecs now) {
    ModelAccount account = at(who, now);
    if (!account.exists) account.created = now;
    account.exists = true;
    account.written = now;
    if (account.factors_day != now / 86'400) {
      account.factors_day = now / 86'400;
      account.is_newcomer = now < account.created + 30 * 86'400;
    }
    const std::uint64_t days = (now - start_) / 86'400;
    const std::int64_t tenths = days < 90 ? 20 : days < 180 ? 15 : days < 360 ? 0 : 10;
    account.rate_millimana = !account.is_verified ? 0 : tenths == 0 ? 87'500 : 7'000 * tenths;
    // Nobody votes or runs jobs here: after its first 30 days an account's participation is 0.25.
    if (!account.is_newcomer) account.rate_millimana /= 4;
    return accounts_[who] = account;
  }
  void verify(std::uint64_t who, TimestampSecs now) {
    write(who, now).is_verified = true;
    write(who, now);
  }

 private:
  TimestampSecs start_;
  std::map<std::uint64_t, ModelAccount> accounts_;
};

class Simulation {
 public:
  static constexpr std::uint64_t kPeople = 12;

  explicit Simulation(std::uint64_t seed) : random_(seed), model_(testing::kStart) {
    for (std::uint64_t who = 0; who < kPeople; ++who) people_.push_back(testing::person(who));
    model_.verify(0, testing::kStart);
    model_.write(0, testing::kStart).parts += Parts{kGrant} * kPartsPerMillimana;
    granted_.insert(0);
  }

  void step() {
    ledger_.advance(random_.below(4) == 0 ? random_.below(40'000) : random_.below(30));
    if (random_.below(500) == 0) ledger_.advance(20 * kSecsPerDay);
    const TimestampSecs now = ledger_.now();
    const std::uint64_t a = random_.below(kPeople);
    const std::uint64_t b = random_.below(kPeople);
    switch (random_.below(8)) {
      case 0:
      case 1:
        return transfer(a, b, now);
      case 2:
        return grant(a, now);
      case 3:
      case 4:
        return lock_some(a, now);
      case 5:
        return settle_some(a, b, now);
      case 6:
        return burn_some(a, now);
      default:
        return release_some(a, now);
    }
  }

  void compare() {
    const TimestampSecs now = ledger_.now();
    for (std::uint64_t who = 0; who < kPeople; ++who) {
      const Account real = ledger_.account(people_[who]);
      const ModelAccount model = model_.at(who, now);
      ASSERT_EQ(real.balance.value, model.balance()) << "person " << who;
      ASSERT_EQ(real.locked.value, model.locked) << "person " << who;
      ASSERT_EQ(available_at(real, now).value, model.available(now)) << "person " << who;
    }
    const SupplyReport report = count_supply(ledger_.store()).value();
    ASSERT_TRUE(report.is_consistent) << report.detail;
  }

  // The amounts of a history add up to the balance, line by line, and are numbered without a gap.
  void check_histories() {
    for (const Did& did : people_) {
      const Account account = kAccounts.get(ledger_.store(), did).value().value_or(Account{});
      auto rows = kEntries.scan(ledger_.store(), ledger::prefix_range(ledger::key_of(did))).value();
      Millimana sum;
      std::uint64_t lines = 0;
      while (const auto entry = rows.next().value()) {
        for (const Line& line : entry->lines) sum += changes_balance(line.kind) ? line.amount : Millimana{};
        lines += entry->lines.size();
        Did owner;
        std::uint64_t number = 0;
        ASSERT_TRUE(storage::parse_key(rows.key(), owner, number));
        ASSERT_EQ(number, lines);
        ASSERT_EQ(entry->balance_after, sum);
      }
      EXPECT_EQ(sum, account.balance);
      EXPECT_EQ(lines, account.entry_count);
    }
  }

  std::uint64_t accepted() const { return accepted_; }
  std::uint64_t refused() const { return refused_; }

 private:
  std::int64_t amount_near(std::int64_t limit) {
    if (limit <= 0 || random_.below(6) == 0) return static_cast<std::int64_t>(1 + random_.below(3'000'000));
    if (random_.below(6) == 0) return limit + static_cast<std::int64_t>(random_.below(2));  // the very edge
    return static_cast<std::int64_t>(1 + random_.below(static_cast<std::uint64_t>(limit)));
  }
  void expect(bool allowed, bool done, const char* what) {
    ASSERT_EQ(allowed, done) << what << " at step " << accepted_ + refused_;
    ++(done ? accepted_ : refused_);
  }
  bool submit(std::uint64_t sender, std::string_view type, const std::string& body) {
    const auto transaction = ledger_.try_make(people_[sender], type, body);
    if (!transaction.ok()) return false;
    const auto block = ledger_.run(std::array{*transaction});
    EXPECT_TRUE(block.failures.empty());
    return block.outcomes[0].ok;
  }

  void transfer(std::uint64_t a, std::uint64_t b, TimestampSecs now) {
    const ModelAccount from = model_.at(a, now);
    const std::int64_t amount = amount_near(from.available(now));
    const bool allowed = a != b && from.is_verified && amount <= from.available(now) &&
                         model_.at(b, now).balance() + amount <= kCap;
    const bool done = submit(
        a, "economics.transfer",
        R"({"to":")" + people_[b].text() + R"(","amount":)" + codec::to_json_text(Millimana{amount}) + "}");
    expect(allowed, done, "transfer");
    if (!done) return;
    model_.write(a, now).parts -= Parts{amount} * kPartsPerMillimana;
    model_.write(b, now).parts += Parts{amount} * kPartsPerMillimana;
  }

  void grant(std::uint64_t a, TimestampSecs now) {
    const bool allowed = !granted_.contains(a);
    const bool done = submit(0, "economics.grant", R"({"to":")" + people_[a].text() + R"("})");
    expect(allowed, done, "grant");
    if (!done) return;
    granted_.insert(a);
    model_.verify(a, now);
    model_.write(a, now).parts += Parts{kGrant} * kPartsPerMillimana;
  }

  void lock_some(std::uint64_t a, TimestampSecs now) {
    const ModelAccount from = model_.at(a, now);
    const std::int64_t amount = amount_near(from.available(now));
    const auto done = ledger_.step([&](const BlockContext& block, View& view) {
      return lock(block, view, nullptr, people_[a], {amount}, "job");
    });
    expect(from.exists && amount <= from.available(now), done.ok(), "lock");
    if (done.ok()) model_.write(a, now).locked += amount;
  }

  void release_some(std::uint64_t a, TimestampSecs now) {
    const ModelAccount from = model_.at(a, now);
    const std::int64_t amount = amount_near(from.locked);
    const bool is_slashed = random_.below(3) == 0;
    const auto done = ledger_.step([&](const BlockContext& block, View& view) {
      return is_slashed ? slash(block, view, nullptr, people_[a], {amount}, "job")
                        : release(block, view, nullptr, people_[a], {amount}, "job");
    });
    expect(from.exists && amount <= from.locked, done.ok(), "release");
    if (!done.ok()) return;
    ModelAccount& written = model_.write(a, now);
    written.locked -= amount;
    if (is_slashed) written.parts -= Parts{amount} * kPartsPerMillimana;
  }

  void burn_some(std::uint64_t a, TimestampSecs now) {
    const ModelAccount from = model_.at(a, now);
    const std::int64_t amount = amount_near(from.available(now) / 4);
    const auto done = ledger_.step([&](const BlockContext& block, View& view) {
      return burn(block, view, nullptr, people_[a], {amount}, "fee");
    });
    expect(from.exists && amount <= from.available(now), done.ok(), "burn");
    if (done.ok()) model_.write(a, now).parts -= Parts{amount} * kPartsPerMillimana;
  }

  void settle_some(std::uint64_t a, std::uint64_t b, TimestampSecs now) {
    const ModelAccount from = model_.at(a, now);
    if (from.locked == 0) return;
    const std::int64_t locked = amount_near(from.locked);
    const auto pay = static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(locked) + 1));
    const auto burned =
        static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(locked - pay) + 1));
    const std::uint64_t hold_secs = random_.below(2) == 0 ? 0 : 3'600;
    const auto done = ledger_.step([&](const BlockContext& block, View& view) {
      return settle(block, view, nullptr,
                    {people_[a], people_[b], {locked}, {pay}, {burned}, hold_secs, "job"});
    });
    expect(locked <= from.locked, done.ok(), "settle");
    if (!done.ok()) return;
    ModelAccount& payer = model_.write(a, now);
    payer.locked -= locked;
    payer.parts -= Parts{burned} * kPartsPerMillimana;
    if (a == b || pay == 0) return;
    payer.parts -= Parts{pay} * kPartsPerMillimana;
    ModelAccount& paid = model_.write(b, now);
    paid.parts += Parts{pay} * kPartsPerMillimana;
    if (hold_secs > 0) paid.held[(now + hold_secs + 59) / 60 * 60] += pay;
  }

  SeededRandom random_;
  testing::TestLedger ledger_;
  Model model_;
  std::vector<Did> people_;
  std::set<std::uint64_t> granted_;
  std::uint64_t accepted_ = 0;
  std::uint64_t refused_ = 0;
};

TEST(EconomicsSimulation, AgreesWithAnIndependentModelAndConservesMana) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Simulation simulation(seed);
    for (int i = 0; i < 3'000; ++i) {
      simulation.step();
      if (i % 10 == 0) simulation.compare();
      if (::testing::Test::HasFatalFailure()) return;
    }
    simulation.check_histories();
    EXPECT_GT(simulation.accepted(), 1'000u);
    EXPECT_GT(simulation.refused(), 200u);
  }
}

}  // namespace
}  // namespace icn::economics
