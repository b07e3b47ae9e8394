/*
 * Products of a few examples with a layer of few neurons, whose weights fit the first cache. Tiles of up to 4 examples
 * stay in registers, so that the latency of one hides behind the others.
 */
#ifndef SMALL_PRODUCT_H
#define SMALL_PRODUCT_H

#include "network.h"

/* Examples that go through the layers together. */
#define BLOCK 8

/* to[e][v] = start[v] + Σ from[e][i] · matrix[i][v] for `examples` rows; start 0 where it is NULL. */
INLINE void tile_product(const vec *from, int32_t from_stride, const vec *matrix, int32_t inputs, int32_t stride,
                         const vec *start, vec *to, const int examples) {
  const float *a = (const float *)from;
  vec sum[examples];
  for (int e = 0; e < examples; e++) sum[e] = start ? *start : splat(0);
  for (int32_t i = 0; i < inputs; i++) {
    const vec w = matrix[(int64_t)i * stride];
    for (int e = 0; e < examples; e++) sum[e] += splat(a[(int64_t)e * from_stride * LANES + i]) * w;
  }
  for (int e = 0; e < examples; e++) to[(int64_t)e * stride] = sum[e];
}

static void product(const vec *from, int32_t from_stride, const vec *matrix, int32_t inputs, int32_t vectors,
                    int32_t stride, const vec *start, vec *to, int32_t examples) {
  for (int32_t v = 0; v < vectors; v++) {
    const vec *begin = start ? start + v : NULL;
    int32_t e = 0;
    for (; e + 4 <= examples; e += 4)
      tile_product(from + e * from_stride, from_stride, matrix + v, inputs, stride, begin, to + e * stride + v, 4);
    for (; e + 2 <= examples; e += 2)
      tile_product(from + e * from_stride, from_stride, matrix + v, inputs, stride, begin, to + e * stride + v, 2);
    if (e < examples)
      tile_product(from + e * from_stride, from_stride, matrix + v, inputs, stride, begin, to + e * stride + v, 1);
  }
}

/* sums[i][v] += Σ a[e][i] · δ[e][v] over a block, and the biases' sums. */
static void add_outer(const vec *activations, int32_t a_stride, const vec *deltas, const layer *l, vec *sums,
                      int32_t examples) {
  const float *a = (const float *)activations;
  for (int32_t v = 0; v < l->vectors; v++) {
    vec d[BLOCK];
    for (int32_t e = 0; e < examples; e++) d[e] = deltas[(int64_t)e * l->stride + v];
    for (int32_t i = 0; i < l->inputs; i++) {
      vec sum = sums[(int64_t)i * l->stride + v];
      for (int32_t e = 0; e < examples; e++) sum += splat(a[(int64_t)e * a_stride * LANES + i]) * d[e];
      sums[(int64_t)i * l->stride + v] = sum;
    }
  }
}

#endif
