#include "codec/date_time.h"

#include <chrono>
#include <cstdio>

#include "base/errors.h"

namespace icn::codec {
namespace {

Error not_a_time() {
  return Error(errors::kMalformed, "must be a time with its zone, as 2026-05-01T10:22:03Z");
}

// Takes digits off the front of a text, and separators.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    if (rest_.size() < count) return fail();
    for (const char c : rest_.substr(0, count)) {
      if (c < '0' || c > '9') return fail();
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char wanted) {
    if (!take(wanted)) fail();
  }
  void fraction() {
    if (!take('.')) return;
    const std::size_t end = rest_.find_first_not_of("0123456789");
    if (end == 0 || end == std::string_view::npos) return void(fail());
    rest_.remove_prefix(end);
  }
  int fail() {
    ok_ = false;
    return 0;
  }
  bool finished() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

int zone_minutes(Scanner& in) {
  if (in.take('Z')) return 0;
  const int sign = in.take('-') ? -1 : 1;
  if (sign > 0) in.expect('+');
  const int hours = in.digits(2);
  in.expect(':');
  const int minutes = in.digits(2);
  if (hours > 14 || minutes > 59) return in.fail();
  return sign * (hours * 60 + minutes);
}

}  // namespace

std::string write_date_time(TimestampSecs time) {
  using namespace std::chrono;
  const sys_seconds moment{seconds(static_cast<std::int64_t>(time))};
  const sys_days day = floor<days>(moment);
  const year_month_day date(day);
  const std::int64_t second = (moment - day).count();
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", int(date.year()), unsigned(date.month()),
                unsigned(date.day()), int(second / 3600), int(second / 60 % 60), int(second % 60));
  return text;
}

Result<TimestampSecs> read_date_time(std::string_view text) {
  using namespace std::chrono;
  Scanner in(text);
  const int year_number = in.digits(4);
  in.expect('-');
  const int month_number = in.digits(2);
  in.expect('-');
  const int day_number = in.digits(2);
  in.expect('T');
  const int hour = in.digits(2);
  in.expect(':');
  const int minute = in.digits(2);
  in.expect(':');
  const int second = in.digits(2);
  in.fraction();
  const int zone = zone_minutes(in);
  const year_month_day date{year(year_number), month(static_cast<unsigned>(month_number)),
                            day(static_cast<unsigned>(day_number))};
  if (!in.finished() || !date.ok() || hour > 23 || minute > 59 || second > 59) return not_a_time();
  const std::int64_t days_since = sys_days(date).time_since_epoch().count();
  const std::int64_t time = days_since * 86'400 + hour * 3'600 + (minute - zone) * 60 + second;
  if (time < 0) return not_a_time();
  return static_cast<TimestampSecs>(time);
}

}  // namespace icn::codec
