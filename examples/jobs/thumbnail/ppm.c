#include <stdlib.h>
#include <string.h>

#include "image.h"

// A number of the header, past spaces and comments. 0 when there is none.
static unsigned header_number(const unsigned char* bytes, size_t size, size_t* at) {
  while (*at < size && (bytes[*at] == '#' || strchr(" \t\r\n", bytes[*at]) != NULL) && bytes[*at] != 0) {
    if (bytes[*at] == '#') {
      while (*at < size && bytes[*at] != '\n') ++*at;
    } else {
      ++*at;
    }
  }
  unsigned number = 0;
  while (*at < size && bytes[*at] >= '0' && bytes[*at] <= '9' && number < 1000000) {
    number = number * 10 + (bytes[(*at)++] - '0');
  }
  return number;
}

const char* read_ppm(const unsigned char* bytes, size_t size, image* out) {
  if (size < 3 || memcmp(bytes, "P6", 2) != 0) return "the data is not a binary PPM";
  size_t at = 2;
  out->width = header_number(bytes, size, &at);
  out->height = header_number(bytes, size, &at);
  const unsigned max = header_number(bytes, size, &at);
  ++at;  // one space after the header
  if (out->width == 0 || out->height == 0 || out->width > SIDE_MAX || out->height > SIDE_MAX ||
      out->width * out->height > PIXELS_MAX) {
    return "the picture is empty or too large";
  }
  if (max == 0 || max > 255) return "only 8 bits a channel are supported";
  const size_t needed = (size_t)out->width * out->height * 3;
  if (at > size || size - at < needed) return "the picture is cut off";
  out->rgb = malloc(needed);
  if (out->rgb == NULL) return "out of memory";
  for (size_t i = 0; i < needed; ++i) {
    const unsigned value = bytes[at + i] > max ? max : bytes[at + i];
    out->rgb[i] = (unsigned char)((value * 255 + max / 2) / max);
  }
  return NULL;
}
