// Shares a surplus among members in proportion to what each of them bought.
//
//   argument   the surplus, "12345.67"
//   input      CSV with a header: member,amount. A member may have many lines; amounts have at most two
//   decimals. result     CSV member,purchases,share, sorted by member; the shares add up to the surplus
//   exactly
//
// Each share is rounded down to a cent; the cents left over go, one each, to the largest remainders
// (a tie to the member that sorts first). All arithmetic is in integers.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "icn_lean.h"

enum { LINE_MAX_BYTES = 4096, MEMBERS_MAX = 200000 };

typedef struct {
  char* name;
  long long bought_cents;
  long long share_cents;
  unsigned long long remainder;
} member;

static const long long AMOUNT_MAX_CENTS = 100000000000000000LL;  // 10^17: sums stay within 63 bits

static member* members;
static size_t member_count;
static size_t member_room;

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

// "12", "12.3" and "12.34"; -1 for anything else.
static long long parse_cents(const char* text) {
  long long cents = 0;
  int decimals = -1;
  if (*text == 0 || *text == '.') return -1;
  for (; *text != 0; ++text) {
    if (*text == '.' && decimals < 0) {
      decimals = 0;
      continue;
    }
    if (*text < '0' || *text > '9' || decimals == 2) return -1;
    cents = cents * 10 + (*text - '0');
    if (decimals >= 0) ++decimals;
    if (cents > AMOUNT_MAX_CENTS) return -1;
  }
  if (decimals == 0) return -1;
  for (int missing = decimals < 0 ? 2 : 2 - decimals; missing > 0; --missing) cents *= 10;
  return cents > AMOUNT_MAX_CENTS ? -1 : cents;
}

// Takes one field off the line, with its quotes removed (RFC 4180). NULL when it is malformed.
static char* next_field(char** line) {
  char* start = *line;
  if (*start != '"') {
    char* end = strchr(start, ',');
    *line = end == NULL ? start + strlen(start) : end + 1;
    if (end != NULL) *end = 0;
    return start;
  }
  char* write = start;
  char* read = start + 1;
  for (;; ++read) {
    if (*read == 0) return NULL;
    if (*read == '"') {
      if (read[1] != '"') break;
      ++read;
    }
    *write++ = *read;
  }
  ++read;
  if (*read != 0 && *read != ',') return NULL;
  *line = *read == ',' ? read + 1 : read;
  *write = 0;
  return start;
}

static void add_purchase(const char* name, long long cents, long line) {
  if (member_count == member_room) {
    if (member_count == MEMBERS_MAX) fail(line, "too many lines");
    member_room = member_room == 0 ? 256 : member_room * 2;
    members = realloc(members, member_room * sizeof *members);
    if (members == NULL) fail(line, "out of memory");
  }
  members[member_count] = (member){strdup(name), cents, 0, 0};
  if (members[member_count].name == NULL) fail(line, "out of memory");
  ++member_count;
}

static int by_name(const void* left, const void* right) {
  return strcmp(((const member*)left)->name, ((const member*)right)->name);
}

static int by_remainder(const void* left, const void* right) {
  const member* a = left;
  const member* b = right;
  if (a->remainder != b->remainder) return a->remainder > b->remainder ? -1 : 1;
  return strcmp(a->name, b->name);
}

static void read_purchases(void) {
  static char buffer[LINE_MAX_BYTES];
  long line = 0;
  while (fgets(buffer, sizeof buffer, stdin) != NULL) {
    ++line;
    size_t length = strlen(buffer);
    if (length == sizeof buffer - 1 && buffer[length - 1] != '\n') fail(line, "the line is too long");
    while (length > 0 && (buffer[length - 1] == '\n' || buffer[length - 1] == '\r')) buffer[--length] = 0;
    if (line == 1) {
      if (strcmp(buffer, "member,amount") != 0) fail(line, "the header must be member,amount");
      continue;
    }
    if (length == 0) continue;
    char* rest = buffer;
    char* name = next_field(&rest);
    char* amount = name == NULL ? NULL : next_field(&rest);
    if (amount == NULL || *rest != 0 || *name == 0) fail(line, "expected a member and an amount");
    long long cents = parse_cents(amount);
    if (cents < 0) fail(line, "the amount is not a number with at most two decimals");
    add_purchase(name, cents, line);
  }
  if (line == 0) fail(0, "the input is empty");
}

static void merge_members(void) {
  qsort(members, member_count, sizeof *members, by_name);
  size_t kept = 0;
  for (size_t i = 0; i < member_count; ++i) {
    if (kept > 0 && strcmp(members[kept - 1].name, members[i].name) == 0) {
      members[kept - 1].bought_cents += members[i].bought_cents;
      if (members[kept - 1].bought_cents > AMOUNT_MAX_CENTS) fail(0, "the purchases are too large");
    } else {
      members[kept++] = members[i];
    }
  }
  member_count = kept;
}

static void share_out(long long surplus) {
  long long total = 0;
  for (size_t i = 0; i < member_count; ++i) {
    total += members[i].bought_cents;
    if (total > AMOUNT_MAX_CENTS) fail(0, "the purchases are too large");
  }
  if (total == 0) fail(0, "nobody bought anything");
  long long left = surplus;
  for (size_t i = 0; i < member_count; ++i) {
    const unsigned __int128 product =
        (unsigned __int128)surplus * (unsigned long long)members[i].bought_cents;
    members[i].share_cents = (long long)(product / (unsigned long long)total);
    members[i].remainder = (unsigned long long)(product % (unsigned long long)total);
    left -= members[i].share_cents;
  }
  qsort(members, member_count, sizeof *members, by_remainder);
  for (size_t i = 0; left > 0; ++i, --left) ++members[i].share_cents;
  qsort(members, member_count, sizeof *members, by_name);
}

static void print_cents(long long cents) {
  putchar(',');
  icn_print_number(cents / 100, 1, stdout);
  putchar('.');
  icn_print_number(cents % 100, 2, stdout);
}

static void print_name(const char* name) {
  if (strpbrk(name, ",\"") == NULL) {
    fputs(name, stdout);
    return;
  }
  putchar('"');
  for (; *name != 0; ++name) {
    if (*name == '"') putchar('"');
    putchar(*name);
  }
  putchar('"');
}

int main(int argc, char** argv) {
  long long surplus = argc == 2 ? parse_cents(argv[1]) : -1;
  if (surplus < 0) fail(0, "give the surplus as the one argument, as in 12345.67");
  read_purchases();
  merge_members();
  share_out(surplus);
  puts("member,purchases,share");
  for (size_t i = 0; i < member_count; ++i) {
    const member* m = &members[i];
    print_name(m->name);
    print_cents(m->bought_cents);
    print_cents(m->share_cents);
    putchar('\n');
  }
  return fflush(stdout) == 0 ? 0 : 1;
}
