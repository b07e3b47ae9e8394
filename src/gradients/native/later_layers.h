/*
 * What the kernel of sparse.c does with the layers above the first one, whose inputs are dense: a block of examples goes
 * up and down while it is in the first cache.
 */
#ifndef LATER_LAYERS_H
#define LATER_LAYERS_H

#include "pixel_rows.h"
#include "small_product.h"

/*
 * From z⁰ in activations[0] to δ⁰ in deltas[0] for a block; the gradients of the later layers and of all biases go to
 * the thread's sums. Returns the losses.
 */
static double do_later_layers(const kernel *k, const part *own, const uint32_t *rows, int32_t examples) {
  const network *net = &k->net;
  const int32_t last = net->layer_count - 1;
  double loss = 0;
  for (int32_t l = 0; l < last; l++) {
    const layer *above = &net->layers[l + 1];
    const int32_t stride = net->layers[l].stride;
    vec *a = own->activations[l];
    for (int32_t v = 0; v < examples * stride; v++) a[v] = activated(net->activation, a[v]);
    product(a, stride, above->weights, above->inputs, above->vectors, above->stride, above->biases,
            own->activations[l + 1], examples);
  }
  const layer *output = &net->layers[last];
  for (int32_t e = 0; e < examples; e++)
    loss += loss_and_delta(net->loss, own->deltas[last] + e * output->stride, output->outputs, net->labels[rows[e]],
                           1.0f / k->batch);
  for (int32_t l = last; l >= 0; l--) {
    const layer *here = &net->layers[l];
    const vec *deltas = own->deltas[l];
    vec *sums = own->sums + (here->offset - k->later), *bias_sums = sums + (int64_t)here->inputs * here->stride;
    for (int32_t e = 0; e < examples; e++)
      for (int32_t v = 0; v < here->vectors; v++) bias_sums[v] += deltas[e * here->stride + v];
    if (l == 0) break;
    const layer *layer_below = &net->layers[l - 1];
    const int32_t below = layer_below->stride;
    const vec *a = own->activations[l - 1];
    vec *to = own->deltas[l - 1];
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

/* Weights as rows of the neurons that they lead to, for the way down. */
static void transpose(const kernel *k) {
  for (int32_t l = 1; l < k->net.layer_count; l++) {
    const layer *here = &k->net.layers[l];
    const int32_t stride = row_vectors(here->inputs) * LANES, row = here->stride * LANES;
    const float *from = (const float *)here->weights;
    float *to = (float *)k->transposed[l];
    for (int32_t o = 0; o < here->outputs; o++)
      for (int32_t i = 0; i < here->inputs; i++) to[(int64_t)o * stride + i] = from[(int64_t)i * row + o];
  }
}

#endif
