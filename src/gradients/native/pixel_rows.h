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

/* What a thread has for itself. */
typedef struct {
  int32_t first_pixel, end_pixel; /* its share; multiples of 8, but for the last end */
  vec *row_sums;                  /* (pixels, stride) its part of the gradient of the first layer's weights */
  uint8_t *touched;               /* (pixels, filled up to 8) 1 where its row of sums is not 0 */
  vec *sums;                      /* its part for the biases of the first layer and for all later layers */
  vec *partial;                   /* (CHUNK, stride) z⁰ over its share of the pixels; with several threads */
  vec *activations[MOST_LAYERS];  /* [l] (BLOCK, stride) output of layer l; z of the last one, then its δ */
  vec *deltas[MOST_LAYERS];       /* [l] (BLOCK, stride) */
  double loss;                    /* sum over its examples */
} part;

struct kernel {
  network net;
  int32_t threads;
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
  float rate;
};

/* ---- The first layer: the list entries begin … end of an example ---- */

/* z[v] = base[v] + Σ x · row[v]; base 0 where it is NULL; `at_once` pixels at a time hide the latency. */
INLINE void sum_pixels(const kernel *k, uint32_t begin, uint32_t end, int32_t first, const int vectors,
                       const int at_once, const vec *base, vec *z) {
  const int64_t stride = k->net.layers[0].stride;
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
  int32_t v = 0;
  for (; v + 4 <= vectors; v += 4) sum_pixels(k, begin, end, v, 4, 2, base, z);
  for (; v + 2 <= vectors; v += 2) sum_pixels(k, begin, end, v, 2, 2, base, z);
  if (v < vectors) sum_pixels(k, begin, end, v, 1, 4, base, z);
}

/* sums[p][v] += x[p] · δ[v], and marks the pixels. */
INLINE void add_pixels(const kernel *k, const part *own, uint32_t begin, uint32_t end, int32_t first, const int vectors,
                       const vec *delta) {
  const int64_t stride = k->net.layers[0].stride;
  const uint16_t *index = k->lists.indices + begin;
  const uint8_t *value = k->lists.values + begin;
  const int64_t count = end - begin;
  uint8_t *touched = own->touched;
  vec *sums = own->row_sums + first, d[vectors];
  for (int v = 0; v < vectors; v++) d[v] = delta[first + v];
  for (int64_t i = 0; i < count; i++) {
    const vec x = splat(k->lists.scaled[value[i]]);
    vec *to = sums + index[i] * stride;
    touched[index[i]] = 1;
    for (int v = 0; v < vectors; v++) to[v] += x * d[v];
  }
}

INLINE void backward_pixels(const kernel *k, const part *own, uint32_t begin, uint32_t end, const vec *delta) {
  const int32_t vectors = k->net.layers[0].vectors;
  int32_t v = 0;
  for (; v + 4 <= vectors; v += 4) add_pixels(k, own, begin, end, v, 4, delta);
  for (; v + 2 <= vectors; v += 2) add_pixels(k, own, begin, end, v, 2, delta);
  if (v < vectors) add_pixels(k, own, begin, end, v, 1, delta);
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

#endif
