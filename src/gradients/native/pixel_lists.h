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
  uint64_t room;     /* entries that fit */
  float scaled[256]; /* value / 255 */
} pixel_lists;

/* The loop of add_examples writes up to so many entries beyond the last. */
#define BEYOND 8

/* Lists without an example, that will have at most so many. Returns 0 if memory lacks. */
static int begin_lists(pixel_lists *to, int64_t most_examples) {
  *to = (pixel_lists){0};
  to->starts = malloc((most_examples + 1) * sizeof *to->starts);
  if (!to->starts) return 0;
  to->starts[0] = 0;
  for (int32_t value = 0; value < 256; value++) to->scaled[value] = value / 255.0f;
  return 1;
}

/* Returns 0, and changes no entry, if memory lacks. */
static int make_room(pixel_lists *to, uint64_t room) {
  uint16_t *indices = realloc(to->indices, room * sizeof *indices);
  if (!indices) return 0;
  to->indices = indices;
  uint8_t *values = realloc(to->values, room);
  if (!values) return 0;
  to->values = values;
  to->room = room;
  return 1;
}

/* Appends examples. Returns 0 if memory lacks, and −1 if there are more entries than can be counted. */
static int add_examples(pixel_lists *to, const uint8_t *pixels, int64_t examples, int64_t inputs) {
  uint32_t next = to->starts[to->examples];
  uint64_t total = next;
  for (int64_t at = 0; at < examples * inputs; at++) total += pixels[at] != 0;
  if (total > UINT32_MAX) return -1;
  /* Grows by an eighth, so that many pieces are not moved as often. Memory that nothing writes costs none. */
  if (total + BEYOND > to->room && !make_room(to, total + BEYOND + to->room / 8)) return 0;
  for (int64_t n = 0; n < examples; n++) {
    const uint8_t *row = pixels + n * inputs;
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
    to->starts[++to->examples] = next;
  }
  return 1;
}

/* All pixels at once. Returns 0 if memory lacks, or if there are more of them than can be counted. */
static int list_pixels(pixel_lists *to, const uint8_t *pixels, int64_t examples, int64_t inputs) {
  return begin_lists(to, examples) && add_examples(to, pixels, examples, inputs) > 0;
}

static void free_lists(pixel_lists *of) {
  free(of->starts);
  free(of->indices);
  free(of->values);
}

/* ---- For callers that read the pixels piece by piece, and need not hold them ---- */

/* Returns NULL if memory lacks. */
pixel_lists *new_lists(int32_t most_examples) {
  pixel_lists *lists = malloc(sizeof *lists);
  if (lists && begin_lists(lists, most_examples)) return lists;
  free(lists);
  return NULL;
}

/* As add_examples. */
int32_t extend_lists(pixel_lists *lists, const uint8_t *pixels, int32_t examples, int32_t inputs) {
  return add_examples(lists, pixels, examples, inputs);
}

void drop_lists(pixel_lists *lists) {
  free_lists(lists);
  free(lists);
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
