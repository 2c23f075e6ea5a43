// Shrinks a picture so that it fits into a square, each pixel of the result the exact average of the area
// it stands for.
//
//   argument   the longest side of the result in pixels, 1 to 1024; 64 when not given
//   input      PNG or PPM (image.h says which); a picture that fits already is not enlarged
//   result     PPM (P6)
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "icn_lean.h"
#include "image.h"

static int fail(const char* what) {
  fputs(what, stderr);
  fputs("\n", stderr);
  return 2;
}

static unsigned char* read_all(FILE* file, size_t* size) {
  size_t room = 65536;
  unsigned char* bytes = malloc(room);
  *size = 0;
  while (bytes != NULL) {
    *size += fread(bytes + *size, 1, room - *size, file);
    if (*size < room) return bytes;
    room *= 2;
    bytes = realloc(bytes, room);
  }
  return NULL;
}

// Length shared by pixel `source` and pixel `target` when both rows are laid over each other: in units in
// which a source pixel is `target_count` long and a target pixel `source_count`.
static unsigned overlap(unsigned source, unsigned target, unsigned source_count, unsigned target_count) {
  const unsigned long long source_begin = (unsigned long long)source * target_count;
  const unsigned long long target_begin = (unsigned long long)target * source_count;
  const unsigned long long source_end = source_begin + target_count;
  const unsigned long long target_end = target_begin + source_count;
  const unsigned long long begin = source_begin > target_begin ? source_begin : target_begin;
  const unsigned long long end = source_end < target_end ? source_end : target_end;
  return end > begin ? (unsigned)(end - begin) : 0;
}

static void average(const image* in, unsigned x, unsigned y, unsigned width, unsigned height,
                    unsigned char* rgb) {
  unsigned long long sums[3] = {0, 0, 0};
  const unsigned first_row = (unsigned)((unsigned long long)y * in->height / height);
  const unsigned first_column = (unsigned)((unsigned long long)x * in->width / width);
  for (unsigned row = first_row; row < in->height; ++row) {
    const unsigned long long tall = overlap(row, y, in->height, height);
    if (tall == 0) break;
    for (unsigned column = first_column; column < in->width; ++column) {
      const unsigned long long area = tall * overlap(column, x, in->width, width);
      if (area == 0) break;
      const unsigned char* pixel = in->rgb + ((size_t)row * in->width + column) * 3;
      for (int i = 0; i < 3; ++i) sums[i] += area * pixel[i];
    }
  }
  const unsigned long long whole = (unsigned long long)in->width * in->height;
  for (int i = 0; i < 3; ++i) rgb[i] = (unsigned char)((sums[i] + whole / 2) / whole);
}

int main(int argc, char** argv) {
  const int side = argc > 1 ? atoi(argv[1]) : 64;
  if (argc > 2 || side < 1 || side > 1024)
    return fail("give the longest side, 1 to 1024, as the one argument");
  size_t size;
  unsigned char* bytes = read_all(stdin, &size);
  if (bytes == NULL) return fail("out of memory");
  image in = {0, 0, NULL};
  const int is_ppm = size >= 2 && memcmp(bytes, "P6", 2) == 0;
  const char* error = is_ppm ? read_ppm(bytes, size, &in) : read_png(bytes, size, &in);
  if (error != NULL) return fail(error);
  const unsigned longest = in.width > in.height ? in.width : in.height;
  unsigned width = in.width;
  unsigned height = in.height;
  if (longest > (unsigned)side) {
    width = (unsigned)((unsigned long long)in.width * (unsigned)side / longest);
    height = (unsigned)((unsigned long long)in.height * (unsigned)side / longest);
    if (width == 0) width = 1;
    if (height == 0) height = 1;
  }
  fputs("P6\n", stdout);
  icn_print_number(width, 1, stdout);
  putchar(' ');
  icn_print_number(height, 1, stdout);
  fputs("\n255\n", stdout);
  for (unsigned y = 0; y < height; ++y) {
    for (unsigned x = 0; x < width; ++x) {
      unsigned char rgb[3];
      average(&in, x, y, width, height, rgb);
      fwrite(rgb, 1, sizeof rgb, stdout);
    }
  }
  return fflush(stdout) == 0 ? 0 : 1;
}
