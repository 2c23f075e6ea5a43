#include "devnet/plot.h"

#include <gtest/gtest.h>

namespace icn::devnet {
namespace {

TEST(Plot, StepsAreRoundAndFew) {
  EXPECT_DOUBLE_EQ(tick_step(100, 5), 20);
  EXPECT_DOUBLE_EQ(tick_step(9, 5), 2);
  EXPECT_DOUBLE_EQ(tick_step(0.3, 5), 0.1);
  EXPECT_DOUBLE_EQ(tick_step(0, 5), 1);
}

TEST(Plot, TextCannotBecomeMarkup) { EXPECT_EQ(html_text("<a b=\"&\">"), "&lt;a b=&quot;&amp;&quot;&gt;"); }

// 860 wide with 56 and 12 beside the plot, 220 high with 28 and 24: a value of half the highest is in the
// middle.
TEST(Plot, AValueLiesWhereItsShareOfTheAxisIs) {
  const std::string drawn = svg({"Jobs", "jobs/s", {{"done", "red", {{0, 0}, {10, 10}}}}, {}});
  EXPECT_NE(drawn.find("points=\"56.0,196.0 848.0,28.0 \""), std::string::npos) << drawn;
}

}  // namespace
}  // namespace icn::devnet
