/*
 * Which pixels each thread of sparse.c has where threads share the pixels of an example: as many as occur equally often.
 */
#ifndef PIXEL_SHARES_H
#define PIXEL_SHARES_H

#include "pixel_rows.h"

/* Where the share of a thread begins in the list of a row; the next one is its end. */
INLINE const uint32_t *borders_of(const kernel *k, uint32_t row, int32_t thread) {
  return k->borders + (int64_t)row * (k->threads + 1) + thread;
}

/* Gives each thread pixels that occur equally often. Returns 0 if memory lacks. */
static int share_pixels(kernel *k, uint32_t examples, int32_t inputs) {
  const uint32_t total = k->lists.starts[examples];
  const int32_t per_row = k->threads + 1;
  uint32_t *counts = calloc(inputs, sizeof *counts);
  k->borders = malloc((int64_t)examples * per_row * sizeof *k->borders);
  if (!counts || !k->borders) {
    free(counts);
    return 0;
  }
  for (uint32_t i = 0; i < total; i++) counts[k->lists.indices[i]]++;
  uint64_t before = 0;
  int32_t pixel = 0;
  for (int32_t t = 0; t < k->threads; t++) {
    k->parts[t].first_pixel = pixel;
    for (; pixel < inputs && before * k->threads < (uint64_t)total * (t + 1); pixel += 8)
      for (int32_t p = pixel; p < inputs && p < pixel + 8; p++) before += counts[p];
    if (t == k->threads - 1) pixel = inputs;
    k->parts[t].end_pixel = pixel;
  }
  free(counts);
  for (uint32_t n = 0; n < examples; n++) {
    uint32_t *border = k->borders + (int64_t)n * per_row, at = k->lists.starts[n];
    for (int32_t t = 0; t < k->threads; t++) {
      border[t] = at;
      while (at < k->lists.starts[n + 1] && k->lists.indices[at] < k->parts[t].end_pixel) at++;
    }
    border[k->threads] = at;
  }
  return 1;
}

#endif
