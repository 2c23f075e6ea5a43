#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace icn::codec {

// "2026-05-01T10:22:03Z": XML Schema dateTime in UTC without fractions.
std::string write_date_time(TimestampSecs time);

// XML Schema dateTimeStamp (a zone is required): years 1970 to 9999, fractions are cut off.   malformed
Result<TimestampSecs> read_date_time(std::string_view text);

}  // namespace icn::codec
