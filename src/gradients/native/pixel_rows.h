/*
 * The kernel of sparse.c, and what it does with the first layer: the weights of a pixel are a row, and only the rows of
 * pixels that are not 0 are read, added to and updated.
 */
#ifndef PIXEL_ROWS_H
#define PIXEL_ROWS_H

#include "network.h"
#include "pixel_lists.h"

/* Examples between two meetings of threads that share the pixels. */
#define CHUNK 128
/*
 * Examples that go through the first layer together, where a row is one vector. Its weights are in the first cache while
 * they go up, and its sums while they come down; with fewer, the two displace each other more often.
 */
#define MOST_TOGETHER 64
/*
 * A step of so few examples adds to the weights themselves, so that there are no sums to add, to clear or to keep in the
 * cache. Each weight is then rounded once for each example: of more, that would cost digits.
 */
#define MOST_DIRECT 16

/* What a thread has for itself. */
typedef struct {
  int32_t first_pixel, end_pixel; /* its share; multiples of 8, but for the last end */
  vec *row_sums;                  /* (pixels, stride) its part of the gradient of the first layer's weights */
  uint8_t *touched;               /* (pixels, filled up to 8) 1 where its row of sums is not 0 */
  vec *sums;                      /* its part for the biases of the first layer and for all later layers */
  vec *partial;                   /* (CHUNK, stride) z⁰ over its share of the pixels; with several threads */
  vec *activations[MOST_LAYERS];  /* [l] (BLOCK, stride) output of layer l; z of the last one, then its δ */
  vec *deltas[MOST_LAYERS];       /* [l] (BLOCK, stride); the first layer's have room for k->together, as its outputs */
  double loss;                    /* sum over its examples */
} part;

struct kernel {
  network net;
  int32_t threads;
  int32_t together;             /* examples that go through the first layer together; a multiple of BLOCK */
  int32_t least_unmarked;       /* rows of a minibatch from which its pixels are not marked */
  int32_t least_shared;         /* rows of a minibatch from which threads share the pixels; INT32_MAX: never */
  int shares;                   /* the longest minibatch, either way */
  int64_t later;                /* where the biases of the first layer lie in the parameters, in vectors */
  vec *transposed[MOST_LAYERS]; /* [l] (outputs, row of the inputs) weights; for l > 0 */
  vec *deltas;                  /* (CHUNK, stride) δ⁰; with several threads */
  pixel_lists lists;
  uint32_t *borders; /* (examples, threads + 1) where the share of each thread begins in an example's list */
  part *parts;       /* (threads) */
  struct team *team;
  /* The job: */
  const uint32_t *rows;
  int32_t count, following, batch; /* following: rows after these, which may be used next */
  int is_step, is_last;
  int is_direct; /* the step adds to the first layer's weights, not to sums */
  int marks;     /* the pixels that occur are marked: only their rows are not 0 */
  float rate;
};

/* ---- The first layer: the list entries begin … end of an example ---- */

/* z[v] = base[v] + Σ x · row[v]; base 0 where it is NULL; `at_once` pixels at a time hide the latency. */
INLINE void sum_pixels(const kernel *k, const int64_t stride, uint32_t begin, uint32_t end, int32_t first,
                       const int vectors, const int at_once, const vec *base, vec *z) {
  const vec *weights = k->net.layers[0].weights + first;
  const uint16_t *index = k->lists.indices + begin;
  const uint8_t *value = k->lists.values + begin;
  const int64_t count = end - begin;
  vec sum[at_once][vectors];
  for (int v = 0; v < vectors; v++) sum[0][v] = base ? base[first + v] : splat(0);
  for (int n = 1; n < at_once; n++) for (int v = 0; v < vectors; v++) sum[n][v] = splat(0);
  int64_t i = 0;
  for (; i + at_once <= count; i += at_once) {
    for (int n = 0; n < at_once; n++) {
      const vec x = splat(k->lists.scaled[value[i + n]]);
      const vec *w = weights + index[i + n] * stride;
      for (int v = 0; v < vectors; v++) sum[n][v] += x * w[v];
    }
  }
  for (; i < count; i++) {
    const vec x = splat(k->lists.scaled[value[i]]);
    const vec *w = weights + index[i] * stride;
    for (int v = 0; v < vectors; v++) sum[0][v] += x * w[v];
  }
  for (int n = 1; n < at_once; n++) for (int v = 0; v < vectors; v++) sum[0][v] += sum[n][v];
  for (int v = 0; v < vectors; v++) z[first + v] = sum[0][v];
}

INLINE void forward_pixels(const kernel *k, uint32_t begin, uint32_t end, const vec *base, vec *z) {
  const int32_t vectors = k->net.layers[0].vectors;
  const int64_t stride = k->net.layers[0].stride;
  int32_t v = 0;
  /* A constant spares a multiplication for each pixel. */
  if (stride == 1) {
    sum_pixels(k, 1, begin, end, 0, 1, 4, base, z);
    return;
  }
  for (; v + 4 <= vectors; v += 4) sum_pixels(k, stride, begin, end, v, 4, 2, base, z);
  for (; v + 2 <= vectors; v += 2) sum_pixels(k, stride, begin, end, v, 2, 2, base, z);
  if (v < vectors) sum_pixels(k, stride, begin, end, v, 1, 4, base, z);
}

/* rows[p][v] += scale · x[p] · δ[v]; marks the pixels, unless `touched` is NULL. */
INLINE void add_pixels(const kernel *k, const int64_t stride, vec *rows, uint8_t *touched, float scale, uint32_t begin,
                       uint32_t end, int32_t first, const int vectors, const vec *delta) {
  const uint16_t *index = k->lists.indices + begin;
  const uint8_t *value = k->lists.values + begin;
  const int64_t count = end - begin;
  vec d[vectors];
  for (int v = 0; v < vectors; v++) d[v] = splat(scale) * delta[first + v];
  for (int64_t i = 0; i < count; i++) {
    const vec x = splat(k->lists.scaled[value[i]]);
    vec *to = rows + first + index[i] * stride;
    if (touched) touched[index[i]] = 1;
    for (int v = 0; v < vectors; v++) to[v] += x * d[v];
  }
}

INLINE void add_to_rows(const kernel *k, vec *rows, uint8_t *touched, float scale, uint32_t begin, uint32_t end,
                        const vec *delta) {
  const int32_t vectors = k->net.layers[0].vectors;
  const int64_t stride = k->net.layers[0].stride;
  int32_t v = 0;
  if (stride == 1) {
    add_pixels(k, 1, rows, touched, scale, begin, end, 0, 1, delta);
    return;
  }
  for (; v + 4 <= vectors; v += 4) add_pixels(k, stride, rows, touched, scale, begin, end, v, 4, delta);
  for (; v + 2 <= vectors; v += 2) add_pixels(k, stride, rows, touched, scale, begin, end, v, 2, delta);
  if (v < vectors) add_pixels(k, stride, rows, touched, scale, begin, end, v, 1, delta);
}

/* The gradient of the first layer's weights for an example, to the sums or, in a direct step, to the weights. */
INLINE void backward_pixels(const kernel *k, const part *own, uint32_t begin, uint32_t end, const vec *delta) {
  if (k->is_direct) add_to_rows(k, k->net.layers[0].weights, NULL, -k->rate, begin, end, delta);
  else if (k->marks) add_to_rows(k, own->row_sums, own->touched, 1, begin, end, delta);
  else add_to_rows(k, own->row_sums, NULL, 1, begin, end, delta);
}

/* ---- The end of a minibatch ---- */

/* Which byte of a word in memory holds its lowest bit that is set. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define FIRST_BYTE(word) (__builtin_ctzll(word) / 8)
#else
#define FIRST_BYTE(word) (7 - __builtin_ctzll(word) / 8)
#endif

/* Adds up the sums of the threads from … end at `at`, clears them, and updates the parameters or writes the gradient. */
INLINE void finish_row(const kernel *k, const int32_t from, const int32_t end, int64_t at, int64_t count) {
  vec *sums = k->parts[from].row_sums + at, *parameters = k->net.parameters + at, *gradient = k->net.gradient + at;
  const vec rate = splat(k->rate);
  const int is_step = k->is_step;
  for (int64_t v = 0; v < count; v++) {
    vec sum = sums[v];
    sums[v] = splat(0);
    for (int32_t t = from + 1; t < end; t++) {
      sum += k->parts[t].row_sums[at + v];
      k->parts[t].row_sums[at + v] = splat(0);
    }
    if (is_step) parameters[v] -= rate * sum;
    else gradient[v] = sum;
  }
}

/* The marked ones of eight pixels. */
INLINE void finish_pixels(const kernel *k, const int32_t from, const int32_t end, int64_t eight) {
  const int64_t stride = k->net.layers[0].stride, inputs = k->net.layers[0].inputs;
  uint64_t marks;
  memcpy(&marks, k->parts[from].touched + eight, 8);
  for (int32_t t = from + 1; t < end; t++) {
    uint64_t more;
    memcpy(&more, k->parts[t].touched + eight, 8);
    if (more == 0) continue;
    memset(k->parts[t].touched + eight, 0, 8);
    marks |= more;
  }
  if (!k->is_step) {
    const int64_t last = eight + 8 < inputs ? eight + 8 : inputs;
    memset(k->net.gradient + eight * stride, 0, (last - eight) * stride * sizeof(vec));
  }
  if (marks == 0) return;
  memset(k->parts[from].touched + eight, 0, 8);
  for (; marks != 0; marks &= marks - 1) /* a marked byte is 1, so that one bit stands for it */
    finish_row(k, from, end, (eight + FIRST_BYTE(marks)) * stride, stride);
}

/* The pixels first … last, both multiples of 8 or the end: the sums of the threads from … end. `last` may lie beyond. */
INLINE void finish_first_layer(const kernel *k, const int32_t from, const int32_t end, int32_t first, int32_t last) {
  const int64_t stride = k->net.layers[0].stride;
  if (k->is_direct) return;
  last = last < k->net.layers[0].inputs ? last : k->net.layers[0].inputs;
  if (k->marks) for (int32_t p = first; p < last; p += 8) finish_pixels(k, from, end, p);
  else finish_row(k, from, end, first * stride, (last - first) * stride);
}

#endif
