// Uses as much of WASI as an ordinary C program does and prints what it saw; wasi_test.cc knows the answers.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void print_file(const char* path) {
  char text[64] = {0};
  FILE* file = fopen(path, "r");
  if (file == NULL) {
    printf("%s: %s\n", path, strerror(errno));
    return;
  }
  fseek(file, -3, SEEK_END);
  const long at = ftell(file);
  fgets(text, sizeof text, file);
  struct stat status;
  fstat(fileno(file), &status);
  printf("%s: %ld of %lld: %s, dated %lld\n", path, at, (long long)status.st_size, text, (long long)status.st_mtime);
  fclose(file);
}

static void print_directory(void) {
  DIR* directory = opendir("/");
  if (directory == NULL) return;
  for (struct dirent* entry; (entry = readdir(directory)) != NULL;) printf("[%s]", entry->d_name);
  puts("");
  closedir(directory);
}

static void print_clock(void) {
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  const struct timespec wait = {3600, 0};
  nanosleep(&wait, NULL);
  clock_gettime(CLOCK_MONOTONIC, &after);
  printf("date %lld, slept %lld s\n", (long long)time(NULL), (long long)(after.tv_sec - before.tv_sec));
}

static void print_random(void) {
  unsigned char bytes[8];
  getentropy(bytes, sizeof bytes);
  for (size_t i = 0; i < sizeof bytes; ++i) printf("%02x", bytes[i]);
  puts("");
}

int main(int argc, char** argv) {
  char line[64];
  for (int i = 1; i < argc; ++i) printf("argument %s\n", argv[i]);
  printf("HOME=%s\n", getenv("HOME") ? getenv("HOME") : "unset");
  while (fgets(line, sizeof line, stdin) != NULL) printf("input %s", line);
  print_file("/prices.csv");
  print_file("prices.csv");
  print_file("absent");
  print_file("../etc/passwd");
  print_directory();
  printf("write: %s\n", fopen("new", "w") == NULL ? strerror(errno) : "opened");
  printf("remove: %s\n", unlink("prices.csv") != 0 ? strerror(errno) : "done");
  print_clock();
  print_random();
  fprintf(stderr, "a line for the log\n");
  fflush(stdout);
  return argc > 1 ? atoi(argv[1]) : 0;
}
