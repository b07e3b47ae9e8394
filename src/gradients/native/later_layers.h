/*
 * What the kernel of sparse.c does with the layers above the first one, whose inputs are dense: a block of examples goes
 * up and down while it is in registers and the first cache.
 */
#ifndef LATER_LAYERS_H
#define LATER_LAYERS_H

#include "pixel_rows.h"
#include "small_product.h"

/*
 * From z⁰ to δ⁰ of a block, each of which is a place in activations[0] and deltas[0]; the gradients of the later layers
 * and of all biases go to the thread's sums. Returns the losses.
 */
static double do_later_layers(const kernel *k, const part *own, const uint32_t *rows, int32_t examples, vec *z0,
                              vec *delta0) {
  const network *net = &k->net;
  const int32_t last = net->layer_count - 1;
  double loss = 0;
  for (int32_t l = 0; l < last; l++) {
    const layer *above = &net->layers[l + 1];
    const int32_t stride = net->layers[l].stride;
    vec *a = l == 0 ? z0 : own->activations[l];
    for (int32_t v = 0; v < examples * stride; v++) a[v] = activated(net->activation, a[v]);
    product(a, stride, above->weights, above->inputs, above->vectors, above->stride, above->biases,
            own->activations[l + 1], examples);
  }
  const layer *output = &net->layers[last];
  vec *output_deltas = last == 0 ? delta0 : own->deltas[last];
  for (int32_t e = 0; e < examples; e++)
    loss += loss_and_delta(net->loss, output_deltas + e * output->stride, output->outputs, net->labels[rows[e]],
                           1.0f / k->batch);
  for (int32_t l = last; l >= 0; l--) {
    const layer *here = &net->layers[l];
    const vec *deltas = l == 0 ? delta0 : own->deltas[l];
    vec *sums = own->sums + (here->offset - k->later), *bias_sums = sums + (int64_t)here->inputs * here->stride;
    for (int32_t e = 0; e < examples; e++)
      for (int32_t v = 0; v < here->vectors; v++) bias_sums[v] += deltas[e * here->stride + v];
    if (l == 0) break;
    const layer *layer_below = &net->layers[l - 1];
    const int32_t below = layer_below->stride;
    const vec *a = l == 1 ? z0 : own->activations[l - 1];
    vec *to = l == 1 ? delta0 : own->deltas[l - 1];
    add_outer(a, below, deltas, here, sums, examples);
    product(deltas, here->stride, k->transposed[l], here->outputs, layer_below->vectors, below, NULL, to, examples);
    for (int32_t v = 0; v < examples * below; v++) to[v] = times_slope(net->activation, to[v], a[v]);
  }
  return loss;
}

/*
 * Clears the sums of all threads for the first layer's biases and the later layers, and updates the parameters, or
 * writes the gradient.
 */
INLINE void finish_later_layers(const kernel *k, const int32_t threads) {
  vec *parameters = k->net.parameters + k->later, *gradient = k->net.gradient + k->later;
  for (int64_t v = 0; v < k->net.length - k->later; v++) {
    vec sum = splat(0);
    for (int32_t t = 0; t < threads; t++) {
      sum += k->parts[t].sums[v];
      k->parts[t].sums[v] = splat(0);
    }
    if (k->is_step) parameters[v] -= splat(k->rate) * sum;
    else gradient[v] = sum;
  }
}

#if defined(__AVX512F__)
/* Shuffles lanes of a (0 to 15) and b (16 to 31): one instruction here. */
#ifdef __clang__
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (ivec){__VA_ARGS__})
#endif
#define EACH_LANE(of, d) \
  of(d, 0), of(d, 1), of(d, 2), of(d, 3), of(d, 4), of(d, 5), of(d, 6), of(d, 7), of(d, 8), of(d, 9), of(d, 10), \
      of(d, 11), of(d, 12), of(d, 13), of(d, 14), of(d, 15)
#define LOWER(d, c) ((c) & (d) ? 16 + (c) - (d) : (c))
#define UPPER(d, c) ((c) & (d) ? 16 + (c) : (c) + (d))
/* Exchanges bit d of the row's number with that of the lane's. */
#define EXCHANGE(rows, d)                                        \
  for (int32_t i = 0; i < LANES; i++) {                          \
    if (i & (d)) continue;                                       \
    const vec a = rows[i], b = rows[i + (d)];                    \
    rows[i] = SHUFFLE(a, b, EACH_LANE(LOWER, d));                \
    rows[i + (d)] = SHUFFLE(a, b, EACH_LANE(UPPER, d));          \
  }

/* to[o][i] = from[i][o] for 16 rows of 16, of which `inputs` and `outputs` are used. */
INLINE void transpose_tile(const vec *from, int64_t from_stride, int32_t inputs, vec *to, int64_t to_stride,
                           int32_t outputs) {
  vec rows[LANES];
  for (int32_t i = 0; i < LANES; i++) rows[i] = i < inputs ? from[i * from_stride] : splat(0);
  EXCHANGE(rows, 1)
  EXCHANGE(rows, 2)
  EXCHANGE(rows, 4)
  EXCHANGE(rows, 8)
  for (int32_t o = 0; o < LANES; o++) if (o < outputs) to[o * to_stride] = rows[o];
}
#else
INLINE void transpose_tile(const vec *from, int64_t from_stride, int32_t inputs, vec *to, int64_t to_stride,
                           int32_t outputs) {
  for (int32_t o = 0; o < outputs; o++)
    for (int32_t i = 0; i < inputs; i++)
      ((float *)to)[o * to_stride * LANES + i] = ((const float *)from)[i * from_stride * LANES + o];
}
#endif

/* Weights as rows of the neurons that they lead to, for the way down. */
static void transpose(const kernel *k) {
  for (int32_t l = 1; l < k->net.layer_count; l++) {
    const layer *here = &k->net.layers[l];
    const int64_t stride = row_vectors(here->inputs);
    for (int32_t o = 0; o < here->outputs; o += LANES)
      for (int32_t i = 0; i < here->inputs; i += LANES)
        transpose_tile(here->weights + (int64_t)i * here->stride + o / LANES, here->stride, least(LANES, here->inputs - i),
                       k->transposed[l] + o * stride + i / LANES, stride, least(LANES, here->outputs - o));
  }
}

#endif
