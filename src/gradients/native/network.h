/*
 * What every kernel of this folder knows of its network, where its arrays lie, and the functions that call it.
 */
#ifndef NETWORK_H
#define NETWORK_H

#include "vectors.h"

#define MOST_LAYERS 64

typedef struct {
  int32_t inputs, outputs;
  int32_t vectors; /* that hold the weights of one input to all outputs */
  int32_t stride;  /* vectors from one input's weights to the next one's */
  vec *weights;    /* (inputs, stride) */
  vec *biases;     /* (vectors) */
  int64_t offset;  /* of the weights in parameters and gradient, in vectors; the biases follow them */
} layer;

typedef struct {
  int32_t activation, loss, layer_count;
  layer layers[MOST_LAYERS];
  vec *parameters, *gradient; /* (length) layer by layer the weights, then the biases */
  int64_t length;             /* in vectors */
  const uint8_t *labels;
} network;

/*
 * Vectors from one row of `count` floats to the next. Wide rows have an odd number of them: where rows lie a power of 2
 * apart, a column of a matrix falls on few places of a cache, and the lines of the column displace each other.
 */
int32_t row_vectors(int32_t count) {
  const int32_t vectors = vectors_for(count);
  return vectors < 4 ? vectors : vectors | 1;
}

/*
 * problem: examples, threads, most rows of a minibatch, hidden activation, loss, whether all threads are used even where
 * fewer are faster, number of widths, then the widths. Returns 0 if there are too many layers.
 */
static int describe_network(network *net, const int32_t *problem, const uint8_t *labels, vec *parameters,
                            vec *gradient) {
  const int32_t *widths = problem + 7;
  *net = (network){.activation = problem[3], .loss = problem[4], .layer_count = problem[6] - 1, .labels = labels,
                   .parameters = parameters, .gradient = gradient};
  if (net->layer_count > MOST_LAYERS) return 0;
  for (int32_t l = 0; l < net->layer_count; l++) {
    layer *here = &net->layers[l];
    here->inputs = widths[l];
    here->outputs = widths[l + 1];
    here->vectors = vectors_for(here->outputs);
    here->stride = row_vectors(here->outputs);
    here->offset = net->length;
    here->weights = parameters + net->length;
    here->biases = here->weights + (int64_t)here->inputs * here->stride;
    net->length += (int64_t)here->inputs * here->stride + here->vectors;
  }
  return 1;
}

/* Of a problem. */
enum { EXAMPLES, THREADS, MOST_ROWS, ALL_THREADS = 5, INPUTS = 7 };

INLINE int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

/* ---- What a kernel's file defines: */

/* It begins with a network. */
typedef struct kernel kernel;

/*
 * Rows of a minibatch of `examples`: overwrites the gradient, or makes a step with it. Returns the loss. Both are sums over
 * the rows, divided by `examples`.
 */
static double minibatch(kernel *k, const uint32_t *rows, int32_t count, int32_t examples, int32_t following, int is_step,
                        float rate);

/* ---- What calls it: */

/*
 * Overwrites the gradient with that of the mean loss over `count` rows, and returns that loss. As many more rows as
 * `following` says may be read: they are probably the next minibatch's.
 */
double loss_and_gradient(kernel *k, const uint32_t *rows, int32_t count, int32_t following) {
  return minibatch(k, rows, count, count, following, 0, 0);
}

/* Of a minibatch of `examples`, whose other rows another process has: the share of these rows in the mean. */
double share_of_mean(kernel *k, const uint32_t *rows, int32_t count, int32_t examples, int32_t following) {
  return minibatch(k, rows, count, examples, following, 0, 0);
}

/* parameters −= rate · gradient in the same pass; returns the mean loss before. The gradient array stays as it is. */
double step(kernel *k, const uint32_t *rows, int32_t count, int32_t following, float rate) {
  return minibatch(k, rows, count, count, following, 1, rate);
}

/* parameters −= rate · gradient, for the gradient array. */
void descend(kernel *k, float rate) {
  const network *net = (const network *)k;
  for (int64_t v = 0; v < net->length; v++) net->parameters[v] -= splat(rate) * net->gradient[v];
}

#endif
