#pragma once

#include <algorithm>
#include <cstdint>
#include <unordered_map>

// Inside this folder only.
namespace icn::storage::postgresql {

// Tables to which batches have only added rows for some time. Theirs are inserted without a look at what they
// may replace, which saves a quarter of the server's work; when one does replace a row, the server refuses
// the batch, and it is sent again as for any table.
class Growth {
 public:
  bool is_likely(std::uint16_t table) const {
    const auto found = streaks_.find(table);
    return found != streaks_.end() && found->second >= kStreakMin;
  }
  void note(std::uint16_t table, bool are_all_new) {
    int& streak = streaks_[table];
    streak = are_all_new ? std::min(streak + 1, kStreakMin) : std::min(streak, 0);
  }
  void note_mistake(std::uint16_t table) { streaks_[table] = -kPause; }

 private:
  static constexpr int kStreakMin = 16;  // batches
  static constexpr int kPause = 1000;
  std::unordered_map<std::uint16_t, int> streaks_;
};

}  // namespace icn::storage::postgresql
