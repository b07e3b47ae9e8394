/*
 * The gradient of a multilayer perceptron as products of whole matrices, for wide layers. n numbers the examples.
 *
 *   forward    Z (n, out) = A (n, in) · W (in, out) + b;  A of the layer above = f(Z)
 *   backward   Δ (n, out) of the output layer, with the 1 / B of the mean (vectors.h)
 *              Δ⁻ (n, in) = f′(Z) ⊙ Δ (n, out) · Wᵀ (out, in)
 *   gradient   dLoss/dW (in, out) = Aᵀ (in, n) · Δ (n, out); dLoss/db = Σ Δ[n]
 *
 * Where most pixels are 0, the first layer multiplies the others only (sparse_product.h). The remaining products are
 * blocked for caches and registers (dense_product.h). What follows a product (bias, activation, slope, update) is done
 * to its tiles while they are in registers.
 *
 * Threads share the examples while Δ is computed, then the weights while their gradients are, so that no thread needs a
 * gradient of its own. With a step, no gradient is stored at all.
 */
#include "dense_product.h"
#include "network.h"
#include "sparse_product.h"

/* A thread with fewer examples than this costs more than it saves. */
#define LEAST_EXAMPLES 16
#include "team.h"

/* Examples whose activations are kept at once; the gradients of a longer minibatch's chunks are added up. */
#define CHUNK 1024
/* Pixels of a chunk: those that are not 0 take 8 bytes each. */
#define CHUNK_PIXELS (1 << 21)
/* Examples of a thread that go through the layers together. */
#define BLOCK 256
/* Examples that tell how many pixels are 0. */
#define LOOKED_AT 1000

/* What a thread has for itself. */
typedef struct {
  vec *panel;  /* PANEL_FLOATS */
  double loss; /* sum over its examples */
} part;

struct kernel {
  network net;
  int32_t threads, chunk;
  int skips_zeros;
  const uint8_t *pixels;
  pixel_lists lists; /* if it skips zeros */
  vec *activations[MOST_LAYERS + 1]; /* [l] (chunk, row) input of layer l; z of the last one, then its Δ */
  vec *deltas[MOST_LAYERS + 1];      /* [l] (chunk, row) of the layer below l; for 0 < l < last + 1 */
  vec *sums;                         /* as the parameters: for steps of several chunks */
  part *parts;                       /* (threads) */
  columns *columns;                  /* (threads) the pixels of a thread's examples, if it skips zeros */
  team *team;
  /* The job: */
  const uint32_t *rows; /* of the chunk */
  int32_t count, active, batch;
  vec *to; /* as the parameters: += scale · gradient, or = where `adds` is 0 */
  float scale;
  int adds;
};

/* Vectors from one row of layer l's inputs to the next. */
INLINE int32_t stride_below(const kernel *k, int32_t l) { return row_vectors(k->net.layers[l].inputs); }

/* ---- The deltas of a thread's examples ---- */

/* to[n][p] = pixel p of row n / 255 */
static void gather(const kernel *k, int32_t from, int32_t end) {
  const int32_t inputs = k->net.layers[0].inputs, stride = stride_below(k, 0);
  for (int32_t n = from; n < end; n++) {
    const uint8_t *pixels = k->pixels + (int64_t)k->rows[n] * inputs;
    float *to = (float *)(k->activations[0] + (int64_t)n * stride);
    for (int32_t p = 0; p < inputs; p++) to[p] = pixels[p] * (1 / 255.0f);
  }
}

/* Activations of every layer for these examples, and its Δ. Returns their losses. */
static double find_deltas(const kernel *k, part *own, int32_t from, int32_t end) {
  const network *net = &k->net;
  const int32_t last = net->layer_count - 1, some = end - from;
  double loss = 0;
  for (int32_t l = 0; l <= last; l++) {
    const layer *here = &net->layers[l];
    const finish after = {.kind = l < last ? ACTIVATE : STORE, .activation = net->activation};
    vec *to = k->activations[l + 1] + (int64_t)from * here->stride;
    if (l == 0 && k->skips_zeros) {
      multiply_pixels(&k->lists, k->rows + from, some, here->weights, here->biases, here->stride,
                      here->vectors, after, to);
      continue;
    }
    multiply(own->panel,
             (product){.rows = some, .columns = here->outputs, .depth = here->inputs,
                       .left = rows_of(k->activations[l] + (int64_t)from * stride_below(k, l), stride_below(k, l)),
                       .right = rows_of(here->weights, here->stride), .to = to, .stride = here->stride,
                       .start = here->biases, .scale = 1, .after = after});
  }
  const layer *output = &net->layers[last];
  for (int32_t n = from; n < end; n++)
    loss += loss_and_delta(net->loss, k->activations[last + 1] + (int64_t)n * output->stride, output->outputs,
                           net->labels[k->rows[n]], 1.0f / k->batch);
  for (int32_t l = last; l > 0; l--) {
    const layer *here = &net->layers[l];
    const int32_t below = stride_below(k, l);
    const vec *delta = (l == last ? k->activations[l + 1] : k->deltas[l + 1]) + (int64_t)from * here->stride;
    const finish after = {.kind = SLOPE, .activation = net->activation,
                          .activations = k->activations[l] + (int64_t)from * below};
    multiply(own->panel, (product){.rows = some, .columns = here->inputs, .depth = here->outputs,
                                   .left = rows_of(delta, here->stride),
                                   .right = transposed(here->weights, here->stride),
                                   .to = k->deltas[l] + (int64_t)from * below, .stride = below, .scale = 1,
                                   .after = after});
  }
  return loss;
}

static void find_deltas_of_thread(void *context, int32_t thread) {
  const kernel *k = context;
  part *own = &k->parts[thread];
  const int32_t from = cut(k->count, thread, k->active), end = cut(k->count, thread + 1, k->active);
  if (k->skips_zeros) list_columns(&k->columns[thread], &k->lists, k->net.layers[0].inputs, k->rows, from, end);
  else gather(k, from, end);
  own->loss = 0;
  for (int32_t n = from; n < end; n += BLOCK) own->loss += find_deltas(k, own, n, least(n + BLOCK, end));
}

/* ---- A thread's slice of the gradient ---- */

static void add_biases(const kernel *k, const layer *here, const vec *delta, int32_t from, int32_t end) {
  vec *to = k->to + here->offset + (int64_t)here->inputs * here->stride;
  for (int32_t v = from; v < end; v++) {
    vec sum = splat(0);
    for (int32_t n = 0; n < k->count; n++) sum += delta[(int64_t)n * here->stride + v];
    to[v] = (k->adds ? to[v] : splat(0)) + splat(k->scale) * sum;
  }
}

static void find_gradient_of_thread(void *context, int32_t thread) {
  const kernel *k = context;
  const int32_t last = k->net.layer_count - 1;
  for (int32_t l = last; l >= 0; l--) {
    const layer *here = &k->net.layers[l];
    const vec *delta = l == last ? k->activations[l + 1] : k->deltas[l + 1];
    vec *to = k->to + here->offset;
    add_biases(k, here, delta, cut(here->vectors, thread, k->active), cut(here->vectors, thread + 1, k->active));
    if (l == 0 && k->skips_zeros) {
      const int32_t from = cut_pixels(k->columns, k->active, here->inputs, thread, k->active);
      const int32_t end = cut_pixels(k->columns, k->active, here->inputs, thread + 1, k->active);
      add_pixels(k->columns, k->active, from, end, delta, here->stride, here->vectors, k->scale, k->adds, to);
      continue;
    }
    const int32_t from = cut(here->inputs, thread, k->active), end = cut(here->inputs, thread + 1, k->active);
    const matrix left = transposed(k->activations[l], stride_below(k, l));
    multiply(k->parts[thread].panel,
             (product){.rows = end - from, .columns = here->outputs, .depth = k->count, .left = from_row(left, from),
                       .right = rows_of(delta, here->stride), .to = to + (int64_t)from * here->stride,
                       .stride = here->stride, .adds = k->adds, .scale = k->scale});
  }
}

/* ---- One minibatch ---- */

static double minibatch(kernel *k, const uint32_t *rows, int32_t count, int32_t examples, int32_t following, int is_step,
                        float rate) {
  (void)following;
  const int updates = is_step && count <= k->chunk; /* the weights at once: all deltas are known before */
  double loss = 0;
  k->batch = examples;
  k->to = updates ? k->net.parameters : is_step ? k->sums : k->net.gradient;
  k->scale = updates ? -rate : 1;
  for (int32_t n = 0; n < count; n += k->chunk) {
    k->rows = rows + n;
    k->count = least(k->chunk, count - n);
    k->active = threads_for(k->count, k->threads);
    k->adds = updates || n > 0;
    run_on_team(k->team, find_deltas_of_thread, k, k->active);
    for (int32_t t = 0; t < k->active; t++) loss += k->parts[t].loss;
    run_on_team(k->team, find_gradient_of_thread, k, k->active);
  }
  if (is_step && !updates)
    for (int64_t v = 0; v < k->net.length; v++) k->net.parameters[v] -= splat(rate) * k->sums[v];
  return loss / examples;
}

/* ---- Set-up ---- */

/* Whether most pixels are 0, in examples spread over the subset. */
static int most_are_zero(const uint8_t *pixels, int64_t examples, int64_t inputs) {
  const int64_t looks = examples < LOOKED_AT ? examples : LOOKED_AT;
  int64_t others = 0;
  for (int64_t look = 0; look < looks; look++) {
    const uint8_t *row = pixels + look * examples / looks * inputs;
    for (int64_t p = 0; p < inputs; p++) others += row[p] != 0;
  }
  return 2 * others < looks * inputs;
}

int32_t threads_of(const kernel *k) { return k->threads; }

void close_kernel(kernel *k) {
  if (!k) return;
  if (k->team) stop_team(k->team);
  for (int32_t t = 0; k->parts && t < k->threads; t++) {
    free(k->parts[t].panel);
    if (k->columns) free_columns(&k->columns[t]);
  }
  free_lists(&k->lists);
  for (int32_t l = 0; l <= k->net.layer_count; l++) {
    free(k->activations[l]);
    free(k->deltas[l]);
  }
  free(k->sums);
  free(k->parts);
  free(k->columns);
  free(k);
}

/*
 * problem: as for describe_network. pixels: (examples, inputs) bytes. parameters and gradient: multiples of 64 in
 * memory. All but `problem` stay where they are until close_kernel. Returns NULL if memory or threads lack.
 */
kernel *open_kernel(const int32_t *problem, const uint8_t *pixels, pixel_lists *no_lists, const uint8_t *labels,
                    vec *parameters, vec *gradient) {
  (void)no_lists;
  const int32_t examples = problem[EXAMPLES], threads = problem[THREADS], most_rows = problem[MOST_ROWS];
  const int32_t inputs = problem[INPUTS];
  kernel *k = calloc(1, sizeof *k);
  if (!k) return NULL;
  if (!describe_network(&k->net, problem, labels, parameters, gradient)) {
    free(k);
    return NULL;
  }
  k->threads = threads;
  k->pixels = pixels;
  k->skips_zeros = inputs <= MOST_PIXELS && most_are_zero(pixels, examples, inputs);
  const int32_t fitting = CHUNK_PIXELS / inputs;
  k->chunk = least(least(CHUNK, most_rows), fitting > LEAST_EXAMPLES ? fitting : LEAST_EXAMPLES);
  int ok = (k->parts = calloc(threads, sizeof *k->parts)) != NULL;
  if (k->skips_zeros)
    ok = ok && (k->columns = calloc(threads, sizeof *k->columns)) && list_pixels(&k->lists, pixels, examples, inputs);
  for (int32_t t = 0; ok && t < threads; t++) {
    part *own = &k->parts[t];
    ok &= (own->panel = zeroed(PANEL_FLOATS * sizeof(float))) != NULL;
    ok &= !k->skips_zeros || make_columns(&k->columns[t], k->chunk, inputs);
  }
  for (int32_t l = k->skips_zeros; ok && l <= k->net.layer_count; l++) {
    const int32_t width = l == 0 ? inputs : k->net.layers[l - 1].outputs;
    const int64_t bytes = (int64_t)k->chunk * row_vectors(width) * sizeof(vec);
    ok &= (k->activations[l] = zeroed(bytes)) != NULL;
    ok &= l == 0 || l == k->net.layer_count || (k->deltas[l] = zeroed(bytes)) != NULL;
  }
  ok = ok && (most_rows <= k->chunk || (k->sums = zeroed(k->net.length * sizeof(vec))) != NULL);
  ok = ok && (k->team = start_team(threads)) != NULL;
  if (ok) return k;
  close_kernel(k);
  return NULL;
}
