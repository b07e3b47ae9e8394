/*
 * Sixteen floats at once, in the vector extension of GCC and Clang: one AVX-512 register, two of AVX, four of SSE or
 * NEON. The compiler chooses.
 */
#ifndef VECTORS_H
#define VECTORS_H

/* For the processors that a thread of team.h may use. */
#define _GNU_SOURCE

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define LANES 16

typedef float vec __attribute__((vector_size(64)));
typedef int32_t ivec __attribute__((vector_size(64)));

/* The numbers of enum in kits/c/slope.h. */
enum { SIGMOID, TANH, RELU };
enum { SIGMOID_QUADRATIC, SOFTMAX_CROSS_ENTROPY };

INLINE vec splat(float x) { return (vec){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }
INLINE vec select_lanes(ivec mask, vec yes, vec no) {
  return (vec)((mask & (ivec)yes) | (~mask & (ivec)no));
}
/* The second argument where the first is NaN, so that a NaN in z reaches the loss. */
INLINE vec at_most(vec limit, vec x) { return select_lanes(limit < x, limit, x); }
INLINE vec at_least(vec limit, vec x) { return select_lanes(limit > x, limit, x); }

/* The numbers of the floats in vector v of a row. */
INLINE ivec numbers_in(int32_t v) { return (ivec){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} + v * LANES; }
INLINE ivec splat_integer(int32_t x) { return (ivec){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }
/* 1 at `number` of a row, in its vector v. */
INLINE vec one_hot(int32_t number, int32_t v) {
  return select_lanes(numbers_in(v) == splat_integer(number), splat(1), splat(0));
}
/* 0 from `count` on. */
INLINE vec first_of(int32_t count, int32_t v, vec x) {
  return select_lanes(numbers_in(v) < splat_integer(count), x, splat(0));
}

/* (ceil(count / 16)) vectors hold `count` floats. */
INLINE int32_t vectors_for(int32_t count) { return (count + LANES - 1) / LANES; }

/* How many bytes an address lies beyond a multiple of 64. */
int32_t misalignment(const void *address) { return (int32_t)((uintptr_t)address % 64); }

/* Whole vectors that are 0, with one to spare; NULL if memory lacks. */
static void *zeroed(int64_t bytes) {
  const size_t whole = (bytes + 64 + 63) / 64 * 64;
  void *memory = aligned_alloc(64, whole);
  return memory ? memset(memory, 0, whole) : NULL;
}

/* e^x for |x| ≤ 87: x = n ln 2 + r, e^x = 2ⁿ e^r. Constants and their sources: src/gradients/wasm/arithmetic.ts. */
INLINE vec exponential(vec x) {
  x = at_least(splat(-87), at_most(splat(87), x));
  vec shifted = x * splat(1.44269504f) + splat(12582912); /* rounds: n is in its low bits */
  vec n = shifted - splat(12582912);
  vec r = x - n * splat(0.693359375f);
  r = r - n * splat(-2.12194440054690581e-4f);
  vec sum = splat(0.0013836835278198123f);
  sum = sum * r + splat(0.008374824188649654f);
  sum = sum * r + splat(0.04166822507977486f);
  sum = sum * r + splat(0.16666419804096222f);
  sum = sum * r + splat(0.49999991059303284f);
  sum = sum * r + splat(1);
  sum = sum * r + splat(1);
  return (vec)((ivec)sum + ((ivec)shifted << 23));
}

/* σ(z), at least σ(−30): products of smaller ones are subnormal numbers, which cost a hundred cycles each. */
INLINE vec sigmoid(vec z) {
  return splat(1) / (splat(1) + exponential(-at_least(splat(-30), z)));
}

INLINE vec activated(int activation, vec z) {
  if (activation == SIGMOID) return sigmoid(z);
  if (activation == TANH) return splat(2) * sigmoid(splat(2) * z) - splat(1);
  return at_least(splat(0), z);
}

/* 0 for what is closer to 0 than 1e-24, for the same reason. NaN stays NaN. */
INLINE vec flushed(vec delta) {
  vec size = (vec)((ivec)delta & 0x7fffffff);
  return select_lanes(size < splat(1e-24f), splat(0), delta);
}

/* delta · f′, from the activation a: a(1 − a), (1 − a)(1 + a), or 1 where a > 0. */
INLINE vec times_slope(int activation, vec delta, vec a) {
  if (activation == SIGMOID) return flushed(delta * (a * (splat(1) - a)));
  if (activation == TANH) return flushed(delta * ((splat(1) - a) * (splat(1) + a)));
  return flushed(select_lanes(a > splat(0), delta, splat(0)));
}

/*
 * Turns z of the output layer (one example, `classes` of them) into dLoss/dz · scale, and returns the loss.
 * Lanes beyond the classes become 0. Nothing is stored lane by lane: reading it as a vector would wait for the stores.
 */
INLINE double loss_and_delta(int loss, vec *z, int32_t classes, int32_t label, float scale) {
  float *value = (float *)z;
  int32_t vectors = vectors_for(classes);
  double sum = 0;
  if (loss == SIGMOID_QUADRATIC) {
    /* ½ Σ (a − y)²; δ = (a − y) · a · (1 − a) */
    for (int32_t v = 0; v < vectors; v++) {
      vec a = sigmoid(z[v]), difference = a - one_hot(label, v);
      z[v] = first_of(classes, v, flushed(difference * (a * (splat(1) - a)) * splat(scale)));
      float *each = (float *)&difference;
      float squares = 0;
      for (int32_t o = 0; o < LANES && v * LANES + o < classes; o++) squares += each[o] * each[o];
      sum += squares;
    }
    sum *= 0.5;
  } else {
    /* log Σ e^(z − greatest) − (z[label] − greatest); δ = softmax(z) − y */
    float greatest = value[0], of_label = value[label], exponentials = 0;
    for (int32_t o = 1; o < classes; o++) if (value[o] > greatest) greatest = value[o];
    for (int32_t v = 0; v < vectors; v++) z[v] = exponential(z[v] - splat(greatest));
    for (int32_t o = 0; o < classes; o++) exponentials += value[o];
    sum = log(exponentials) - ((double)of_label - greatest);
    for (int32_t v = 0; v < vectors; v++) {
      vec difference = z[v] * splat(1 / exponentials) - one_hot(label, v);
      z[v] = first_of(classes, v, flushed(difference * splat(scale)));
    }
  }
  return sum;
}

#endif
