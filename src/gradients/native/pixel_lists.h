/*
 * The pixels of a data set that are not 0, example by example: 3 bytes each, an index and a value.
 */
#ifndef PIXEL_LISTS_H
#define PIXEL_LISTS_H

#include "vectors.h"

/* An index has two bytes. */
#define MOST_PIXELS (UINT16_MAX + 1)

typedef struct {
  uint32_t examples;
  uint32_t *starts;  /* (examples + 1) into indices and values */
  uint16_t *indices; /* in ascending order for each example */
  uint8_t *values;
  float scaled[256]; /* value / 255 */
} pixel_lists;

/* Returns 0 if memory lacks, or if there are more of them than can be counted. */
static int list_pixels(pixel_lists *to, const uint8_t *pixels, int64_t examples, int64_t inputs) {
  int64_t total = 0;
  for (int64_t at = 0; at < examples * inputs; at++) total += pixels[at] != 0;
  if (total > UINT32_MAX) return 0;
  to->examples = (uint32_t)examples;
  to->starts = malloc((examples + 1) * sizeof *to->starts);
  /* The loop below writes up to 8 entries beyond the last. */
  to->indices = malloc((total + 8) * sizeof *to->indices);
  to->values = malloc(total + 8);
  if (!to->starts || !to->indices || !to->values) return 0;
  for (int32_t value = 0; value < 256; value++) to->scaled[value] = value / 255.0f;
  uint32_t next = 0;
  for (int64_t n = 0; n < examples; n++) {
    const uint8_t *row = pixels + n * inputs;
    to->starts[n] = next;
    for (int64_t i = 0; i < inputs; i += 8) {
      const int64_t some = inputs - i < 8 ? inputs - i : 8;
      uint64_t eight = 0;
      memcpy(&eight, row + i, some);
      if (eight == 0) continue;
      /* Each is written, and overwritten by the next if it is 0: a branch would be mispredicted. */
      for (int64_t j = 0; j < some; j++) {
        to->indices[next] = (uint16_t)(i + j);
        to->values[next] = row[i + j];
        next += row[i + j] != 0;
      }
    }
  }
  to->starts[examples] = next;
  return 1;
}

static void free_lists(pixel_lists *of) {
  free(of->starts);
  free(of->indices);
  free(of->values);
}

/* List entries that are used soon: a shuffled epoch's rows lie anywhere in memory. */
INLINE void prefetch_entries(const pixel_lists *of, uint32_t begin, uint32_t end) {
  for (uint32_t at = begin; at < end; at += 32) __builtin_prefetch(of->indices + at);
  for (uint32_t at = begin; at < end; at += 64) __builtin_prefetch(of->values + at);
}

INLINE void prefetch_pixels(const pixel_lists *of, uint32_t row) {
  if (row < of->examples) prefetch_entries(of, of->starts[row], of->starts[row + 1]);
}

#endif
