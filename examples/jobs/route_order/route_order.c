// Orders the stops of a delivery round so that the van drives little: to the nearest stop each time, then
// 2-opt and moving short stretches elsewhere until neither shortens the round. Up to 200 stops it starts
// twelve times, with another first stop each, and keeps the best.
//
//   input      CSV with a header: stop,latitude,longitude in degrees. The first line is the depot.
//   result     CSV position,stop,leg_metres, from the depot back to the depot; the last line is the total
//
// Distances are whole metres on a plane that touches the earth at the depot: right to a per mille within a
// region of 200 km. From there on all is integers, so the order is the same on every machine. Of the two
// directions of the round it takes the one whose first stop stands earlier in the input.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "icn_lean.h"

enum { STOPS_MAX = 1000, LINE_MAX_BYTES = 512, STRETCH_MAX = 3, STARTS = 12, STOPS_FOR_STARTS_MAX = 200 };

static const double METRES_PER_DEGREE = 111194.92664455873;  // of a sphere of 6,371,000 m
static const double RADIANS_PER_DEGREE = 0.017453292519943295;

typedef struct {
  char* name;
  double latitude;
  double longitude;
} stop;

static stop stops[STOPS_MAX];
static int stop_count;
static int* distances;
static int order[STOPS_MAX];  // order[0] is the depot, 0

static void fail(long line, const char* what) {
  if (line > 0) {
    fputs("line ", stderr);
    icn_print_number(line, 1, stderr);
    fputs(": ", stderr);
  }
  fputs(what, stderr);
  fputs("\n", stderr);
  exit(2);
}

// "-51.3397": a whole number of degrees and at most six decimals.
static double parse_degrees(const char* text, long max, long line) {
  const int negative = *text == '-';
  long long micro = 0;
  int decimals = -1;
  if (negative) ++text;
  if (*text == 0 || *text == '.') fail(line, "a coordinate is not a number");
  for (; *text != 0; ++text) {
    if (*text == '.' && decimals < 0) {
      decimals = 0;
      continue;
    }
    if (*text < '0' || *text > '9' || decimals == 6)
      fail(line, "a coordinate is not a number of at most six decimals");
    micro = micro * 10 + (*text - '0');
    if (decimals >= 0) ++decimals;
    if (micro > 360000000) fail(line, "a coordinate is out of range");
  }
  for (int missing = decimals < 0 ? 6 : 6 - decimals; missing > 0; --missing) micro *= 10;
  if (micro > max * 1000000LL) fail(line, "a coordinate is out of range");
  return (double)(negative ? -micro : micro) / 1e6;
}

static void read_stops(void) {
  char buffer[LINE_MAX_BYTES];
  long line = 0;
  while (fgets(buffer, sizeof buffer, stdin) != NULL) {
    ++line;
    buffer[strcspn(buffer, "\r\n")] = 0;
    if (line == 1) {
      if (strcmp(buffer, "stop,latitude,longitude") != 0)
        fail(line, "the header must be stop,latitude,longitude");
      continue;
    }
    if (*buffer == 0) continue;
    char* latitude = strchr(buffer, ',');
    char* longitude = latitude == NULL ? NULL : strchr(latitude + 1, ',');
    if (longitude == NULL || latitude == buffer) fail(line, "expected a stop, a latitude and a longitude");
    *latitude = 0;
    *longitude = 0;
    if (stop_count == STOPS_MAX) fail(line, "more than 1000 stops");
    stops[stop_count].name = strdup(buffer);
    stops[stop_count].latitude = parse_degrees(latitude + 1, 90, line);
    stops[stop_count].longitude = parse_degrees(longitude + 1, 180, line);
    if (stops[stop_count].name == NULL) fail(line, "out of memory");
    ++stop_count;
  }
  if (stop_count == 0) fail(0, "there is no depot");
}

// The cosine of an angle within a right one, from the series of the sine of its half: good to 15 digits.
static double cosine(double radians) {
  const double half = radians / 2;
  double term = half;
  double sine = half;
  for (int n = 3; n <= 17; n += 2) {
    term *= -half * half / (n * (n - 1));
    sine += term;
  }
  return 1 - 2 * sine * sine;
}

static int distance(int from, int to) { return distances[from * stop_count + to]; }

static void measure(void) {
  distances = malloc(sizeof *distances * (size_t)stop_count * (size_t)stop_count);
  if (distances == NULL) fail(0, "out of memory");
  const double narrowing = cosine(stops[0].latitude * RADIANS_PER_DEGREE);
  for (int i = 0; i < stop_count; ++i) {
    for (int j = 0; j < stop_count; ++j) {
      const double north = (stops[i].latitude - stops[j].latitude) * METRES_PER_DEGREE;
      const double east = (stops[i].longitude - stops[j].longitude) * METRES_PER_DEGREE * narrowing;
      distances[i * stop_count + j] = (int)floor(sqrt(north * north + east * east) + 0.5);
    }
  }
}

static void nearest_neighbours(int first) {
  char visited[STOPS_MAX] = {0};
  order[1] = first;
  visited[first] = 1;
  for (int i = 2; i < stop_count; ++i) {
    int nearest = -1;
    for (int candidate = 1; candidate < stop_count; ++candidate) {
      if (visited[candidate]) continue;
      if (nearest < 0 || distance(order[i - 1], candidate) < distance(order[i - 1], nearest))
        nearest = candidate;
    }
    visited[nearest] = 1;
    order[i] = nearest;
  }
}

static int at(int position) { return order[position % stop_count]; }

static void reverse(int first, int last) {
  for (; first < last; ++first, --last) {
    const int kept = order[first];
    order[first] = order[last];
    order[last] = kept;
  }
}

// Turns a stretch around where that shortens the round. Answers whether anything changed.
static int two_opt(void) {
  int changed = 0;
  for (int i = 1; i < stop_count - 1; ++i) {
    for (int j = i + 1; j < stop_count; ++j) {
      const int now = distance(at(i - 1), at(i)) + distance(at(j), at(j + 1));
      const int then = distance(at(i - 1), at(j)) + distance(at(i), at(j + 1));
      if (then >= now) continue;
      reverse(i, j);
      changed = 1;
    }
  }
  return changed;
}

// Moves order[first .. first + length) between the stops at `after` and after + 1, kept or turned around.
static void move_stretch(int first, int length, int after, int turned) {
  int stretch[STRETCH_MAX];
  memcpy(stretch, order + first, sizeof *order * (size_t)length);
  memmove(order + first, order + first + length, sizeof *order * (size_t)(stop_count - first - length));
  const int target = (after < first ? after : after - length) + 1;
  memmove(order + target + length, order + target, sizeof *order * (size_t)(stop_count - length - target));
  for (int i = 0; i < length; ++i) order[target + i] = stretch[turned ? length - 1 - i : i];
}

// Moves a stretch of up to three stops to where it costs least. Answers whether anything changed.
static int move_one(void) {
  for (int length = 1; length <= STRETCH_MAX; ++length) {
    for (int first = 1; first + length <= stop_count; ++first) {
      const int head = at(first);
      const int tail = at(first + length - 1);
      const int saved = distance(at(first - 1), head) + distance(tail, at(first + length)) -
                        distance(at(first - 1), at(first + length));
      for (int after = 0; after < stop_count; ++after) {
        if (after >= first - 1 && after < first + length) continue;
        const int gap = distance(at(after), at(after + 1));
        const int kept = distance(at(after), head) + distance(tail, at(after + 1)) - gap;
        const int turned = distance(at(after), tail) + distance(head, at(after + 1)) - gap;
        if (kept >= saved && turned >= saved) continue;
        move_stretch(first, length, after, turned < kept);
        return 1;
      }
    }
  }
  return 0;
}

static long long length_of_round(void) {
  long long total = 0;
  for (int i = 0; i < stop_count; ++i) total += distance(at(i), at(i + 1));
  return total;
}

static void find_round(void) {
  int best[STOPS_MAX] = {0};
  long long best_length = -1;
  const int starts = stop_count <= STOPS_FOR_STARTS_MAX ? STARTS : 1;
  for (int first = 1; first <= starts && first < stop_count; ++first) {
    nearest_neighbours(first);
    while (two_opt() || move_one()) {
    }
    if (best_length >= 0 && length_of_round() >= best_length) continue;
    best_length = length_of_round();
    memcpy(best, order, sizeof best);
  }
  memcpy(order, best, sizeof best);
}

static void print_line(int position, const char* name, int leg_metres) {
  icn_print_number(position, 1, stdout);
  putchar(',');
  fputs(name, stdout);
  putchar(',');
  icn_print_number(leg_metres, 1, stdout);
  putchar('\n');
}

int main(void) {
  read_stops();
  measure();
  find_round();
  if (stop_count > 2 && order[1] > order[stop_count - 1]) reverse(1, stop_count - 1);
  long long total = 0;
  puts("position,stop,leg_metres");
  print_line(0, stops[0].name, 0);
  for (int i = 1; i <= stop_count && stop_count > 1; ++i) {
    const int leg = distance(at(i - 1), at(i));
    total += leg;
    print_line(i, stops[at(i)].name, leg);
  }
  fputs("total,,", stdout);
  icn_print_number(total, 1, stdout);
  putchar('\n');
  return fflush(stdout) == 0 ? 0 : 1;
}
