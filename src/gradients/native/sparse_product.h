/*
 * The first layer's products where most pixels are 0 and left out. In the forward pass an example's sums stay in
 * registers while its pixels pass by; for the gradient those of a pixel's weights do, while the examples pass by that
 * have the pixel.
 */
#ifndef SPARSE_PRODUCT_H
#define SPARSE_PRODUCT_H

#include "dense_product.h"
#include "pixel_lists.h"

/* Vectors of sums in registers, twice. */
#define MOST_SUMS 4
/* How many examples before its turn the pixels of one are loaded. */
#define LISTED_AHEAD 4

/* An example that has a pixel. */
typedef struct {
  int32_t example;
  float value;
} entry;

/* The pixels of some examples, pixel by pixel. */
typedef struct {
  int32_t *starts; /* (inputs + 1) into entries */
  entry *entries;
} columns;

static int make_columns(columns *of, int64_t examples, int64_t inputs) {
  of->starts = malloc((inputs + 1) * sizeof *of->starts);
  of->entries = malloc(examples * inputs * sizeof *of->entries);
  return of->starts && of->entries;
}

static void free_columns(columns *of) {
  free(of->starts);
  free(of->entries);
}

/* Sorts the pixels of rows[from … end) by pixel. */
static void list_columns(columns *to, const pixel_lists *lists, int64_t inputs, const uint32_t *rows, int32_t from,
                         int32_t end) {
  int32_t *starts = to->starts;
  memset(starts, 0, (inputs + 1) * sizeof *starts);
  for (int32_t n = from; n < end; n++) {
    if (n + LISTED_AHEAD < end) prefetch_pixels(lists, rows[n + LISTED_AHEAD]);
    for (uint32_t i = lists->starts[rows[n]]; i < lists->starts[rows[n] + 1]; i++) starts[lists->indices[i] + 1]++;
  }
  for (int64_t p = 0; p < inputs; p++) starts[p + 1] += starts[p];
  /* An entry goes where its pixel's start points, which then moves on: in the end to the next pixel's start. */
  for (int32_t n = from; n < end; n++)
    for (uint32_t i = lists->starts[rows[n]]; i < lists->starts[rows[n] + 1]; i++)
      to->entries[starts[lists->indices[i]]++] = (entry){n, lists->scaled[lists->values[i]]};
  memmove(starts + 1, starts, inputs * sizeof *starts);
  starts[0] = 0;
}

/* to[v] = after(biases[v] + Σ x[p] · weights[p][v]) over the pixels p of an example. */
INLINE void sum_row(const pixel_lists *lists, uint32_t row, const vec *weights, int64_t stride, const int vectors,
                    const vec *biases, const finish after, vec *to) {
  const uint16_t *index = lists->indices + lists->starts[row], *end = lists->indices + lists->starts[row + 1];
  const uint8_t *value = lists->values + lists->starts[row];
  vec sum[vectors], odd[vectors]; /* two pixels at once: a sum waits for the one before */
  for (int v = 0; v < vectors; v++) sum[v] = biases[v];
  for (int v = 0; v < vectors; v++) odd[v] = splat(0);
  for (; index + 1 < end; index += 2, value += 2) {
    const vec x = splat(lists->scaled[value[0]]), *w = weights + index[0] * stride;
    const vec y = splat(lists->scaled[value[1]]), *u = weights + index[1] * stride;
    for (int v = 0; v < vectors; v++) sum[v] += x * w[v];
    for (int v = 0; v < vectors; v++) odd[v] += y * u[v];
  }
  if (index < end) {
    const vec x = splat(lists->scaled[value[0]]), *w = weights + index[0] * stride;
    for (int v = 0; v < vectors; v++) sum[v] += x * w[v];
  }
  for (int v = 0; v < vectors; v++) sum[v] += odd[v];
  for (int v = 0; v < vectors; v++) to[v] = after.kind == ACTIVATE ? activated(after.activation, sum[v]) : sum[v];
}

/* to[n] = after(biases + the sums of rows[n]) */
static void multiply_pixels(const pixel_lists *lists, const uint32_t *rows, int32_t examples, const vec *weights,
                            const vec *biases, int64_t stride, int32_t vectors, const finish after, vec *to) {
  for (int32_t v = 0, some; v < vectors; v += some) {
    some = vectors - v >= MOST_SUMS ? MOST_SUMS : vectors - v >= 2 ? 2 : 1;
    for (int32_t n = 0; n < examples; n++) {
      vec *row = to + n * stride + v;
      if (some == MOST_SUMS) sum_row(lists, rows[n], weights + v, stride, MOST_SUMS, biases + v, after, row);
      else if (some == 2) sum_row(lists, rows[n], weights + v, stride, 2, biases + v, after, row);
      else sum_row(lists, rows[n], weights + v, stride, 1, biases + v, after, row);
    }
  }
}

/* to[v] = base + scale · Σ x[n] · delta[n][v], for one pixel; base is `to` as it is, if `adds`, or 0. */
INLINE void sum_column(const columns *parts, int32_t count, int32_t pixel, const vec *delta, int64_t stride,
                       const int vectors, float scale, int adds, vec *to) {
  vec sum[vectors], odd[vectors]; /* two examples at once */
  int32_t entries = 0;
  for (int v = 0; v < vectors; v++) sum[v] = odd[v] = splat(0);
  for (int32_t t = 0; t < count; t++) {
    const entry *at = parts[t].entries + parts[t].starts[pixel], *end = parts[t].entries + parts[t].starts[pixel + 1];
    entries += (int32_t)(end - at);
    for (; at + 1 < end; at += 2) {
      const vec x = splat(at[0].value), *d = delta + at[0].example * stride;
      const vec y = splat(at[1].value), *e = delta + at[1].example * stride;
      for (int v = 0; v < vectors; v++) sum[v] += x * d[v];
      for (int v = 0; v < vectors; v++) odd[v] += y * e[v];
    }
    if (at < end) {
      const vec x = splat(at->value), *d = delta + at->example * stride;
      for (int v = 0; v < vectors; v++) sum[v] += x * d[v];
    }
  }
  for (int v = 0; v < vectors; v++) sum[v] += odd[v];
  if (entries == 0 && adds) return;
  for (int v = 0; v < vectors; v++) to[v] = (adds ? to[v] : splat(0)) + splat(scale) * sum[v];
}

/* to[p] = or += scale · the gradient of the weights of the pixels from … end, over all parts in order. */
static void add_pixels(const columns *parts, int32_t count, int32_t from, int32_t end, const vec *delta, int64_t stride,
                       int32_t vectors, float scale, int adds, vec *to) {
  for (int32_t v = 0, some; v < vectors; v += some) {
    some = vectors - v >= MOST_SUMS ? MOST_SUMS : vectors - v >= 2 ? 2 : 1;
    for (int32_t p = from; p < end; p++) {
      vec *row = to + p * stride + v;
      if (some == MOST_SUMS) sum_column(parts, count, p, delta + v, stride, MOST_SUMS, scale, adds, row);
      else if (some == 2) sum_column(parts, count, p, delta + v, stride, 2, scale, adds, row);
      else sum_column(parts, count, p, delta + v, stride, 1, scale, adds, row);
    }
  }
}

/* Pixel at which part `part` / `parts` of all entries begins. */
static int32_t cut_pixels(const columns *lists, int32_t count, int32_t inputs, int32_t part, int32_t parts) {
  if (part == parts) return inputs;
  int64_t all = 0;
  for (int32_t t = 0; t < count; t++) all += lists[t].starts[inputs];
  int32_t low = 0, high = inputs;
  while (low < high) {
    const int32_t middle = (low + high) / 2;
    int64_t before = 0;
    for (int32_t t = 0; t < count; t++) before += lists[t].starts[middle];
    if (before * parts < all * part) low = middle + 1;
    else high = middle;
  }
  return low;
}

#endif
