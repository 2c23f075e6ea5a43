#include "codec/date_time.h"

#include <gtest/gtest.h>

namespace icn::codec {
namespace {

// Expected seconds: `date -u -d TEXT +%s`.
TEST(DateTime, ReadsWhatXmlSchemaAllows) {
  EXPECT_EQ(read_date_time("1970-01-01T00:00:00Z").value(), 0u);
  EXPECT_EQ(read_date_time("2023-02-24T23:36:38Z").value(), 1'677'281'798u);
  EXPECT_EQ(read_date_time("2024-02-29T12:00:00.123456Z").value(), 1'709'208'000u);
  EXPECT_EQ(read_date_time("2024-02-29T14:00:00+02:00").value(), 1'709'208'000u);
  EXPECT_EQ(read_date_time("2024-02-29T06:30:00-05:30").value(), 1'709'208'000u);
}

TEST(DateTime, RefusesOthers) {
  for (const char* text :
       {"", "2024-02-29", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z",
        "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z",
        "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00Zx", "2024-01-01T00:00:00+15:00", "1969-12-31T23:59:59Z",
        "24-01-01T00:00:00Z"}) {
    EXPECT_FALSE(read_date_time(text).ok()) << text;
  }
}

TEST(DateTime, WritesWhatItReads) {
  EXPECT_EQ(write_date_time(1'677'281'798), "2023-02-24T23:36:38Z");
  for (std::uint64_t time = 0; time < 253'402'300'000; time += 86'400'123'457 / 37) {
    EXPECT_EQ(read_date_time(write_date_time(time)).value(), time);
  }
}

}  // namespace
}  // namespace icn::codec
