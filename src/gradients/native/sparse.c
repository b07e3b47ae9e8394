/*
 * The gradient of a multilayer perceptron for images of which most pixels are 0. Only the others are multiplied.
 *
 *   forward    z⁰[:] = b⁰[:] + Σ x[p] · W⁰[p][:]          over the pixels p that are not 0; a = f(z)
 *              zˡ[:] = bˡ[:] + Σ a[i] · Wˡ[i][:]          over the neurons i of the layer below
 *   backward   δ[:]  of the output layer, with the 1 / B of the mean (vectors.h)
 *              δ⁻[i] = f′(z[i]) · Σ Wˡ[i][o] · δ[o]
 *   gradient   dLoss/dWˡ[i][:] = Σ a[i] · δ[:]            over the examples; dLoss/dW⁰[p][:] = Σ x[p] · δ⁰[:]
 *
 * Weights are input-major, [in][out], so that one input's weights to all neurons lie side by side: vectors run over
 * the neurons. Rows are filled up to whole vectors. A pixel is an index (2 bytes) and a value (1 byte).
 *
 * The gradient is summed up in arrays that are 0 between calls. Where few of the pixels occur in a minibatch, `touched`
 * marks those whose rows are not: only these are added to the weights and cleared, so that a step costs what its pixels
 * cost. A step of few examples needs no sums for the pixels: it adds to the weights, after the last forward pass.
 *
 * Threads share the examples of a long minibatch and add up their sums at the end. Of a short one they share the pixels:
 * the weights and sums of a pixel are read and written by one thread alone and stay in its cache, and for an example
 * they exchange its z⁰, in parts, and its δ⁰.
 */
#include "later_layers.h"
#include "pixel_rows.h"
#include "pixel_shares.h"
#include "time_sharing.h"

/* A thread with fewer examples than this costs more than it saves. */
#define LEAST_EXAMPLES 4
/* Of each thread, where they share the examples. */
#define LONG 64
#include "team.h"

/* How many examples before its turn the pixels of one are loaded. */
#define AHEAD 8

/* ---- Threads that share the examples, or one alone: some examples at a time go through everything ---- */

/* The sums of the examples from n on over their pixels; rows before `known` may be loaded. */
static void forward_first_layer(const kernel *k, const part *own, int32_t n, int32_t examples, int32_t known) {
  const uint32_t *rows = k->rows + n, *starts = k->lists.starts;
  const int64_t stride = k->net.layers[0].stride;
  for (int32_t e = 0; e < examples; e++) {
    if (n + e + AHEAD < known) prefetch_pixels(&k->lists, rows[e + AHEAD]);
    forward_pixels(k, starts[rows[e]], starts[rows[e] + 1], k->net.layers[0].biases, own->activations[0] + e * stride);
  }
}

static double do_layers_above(const kernel *k, const part *own, int32_t n, int32_t examples) {
  const int64_t stride = k->net.layers[0].stride;
  double loss = 0;
  for (int32_t e = 0; e < examples; e += BLOCK)
    loss += do_later_layers(k, own, k->rows + n + e, least(BLOCK, examples - e), own->activations[0] + e * stride,
                            own->deltas[0] + e * stride);
  return loss;
}

static void backward_first_layer(const kernel *k, const part *own, int32_t n, int32_t examples) {
  const uint32_t *rows = k->rows + n, *starts = k->lists.starts;
  const int64_t stride = k->net.layers[0].stride;
  for (int32_t e = 0; e < examples; e++)
    backward_pixels(k, own, starts[rows[e]], starts[rows[e] + 1], own->deltas[0] + e * stride);
}

static void do_examples(const kernel *k, part *own, int32_t from, int32_t end, int32_t known) {
  for (int32_t n = from; n < end && n < from + AHEAD; n++) prefetch_pixels(&k->lists, k->rows[n]);
  for (int32_t n = from; n < end; n += k->together) {
    const int32_t examples = least(k->together, end - n);
    forward_first_layer(k, own, n, examples, known);
    own->loss += do_layers_above(k, own, n, examples);
    backward_first_layer(k, own, n, examples);
  }
}

static void do_alone(const kernel *k) {
  do_examples(k, &k->parts[0], 0, k->count, k->count + k->following);
  finish_first_layer(k, 0, 1, 0, k->net.layers[0].inputs);
  finish_later_layers(k, 1);
}

static void do_share(void *context, int32_t thread) {
  const kernel *k = context;
  const int32_t from = cut(k->count, thread, k->threads), end = cut(k->count, thread + 1, k->threads);
  do_examples(k, &k->parts[thread], from, end, end);
}

static void finish_share(void *context, int32_t thread) {
  const kernel *k = context;
  finish_first_layer(k, 0, k->threads, k->parts[thread].first_pixel, k->parts[thread].end_pixel);
  if (thread == 0) finish_later_layers(k, k->threads);
}

/* ---- Threads that share the pixels: they meet after each of these ---- */

static void forward_share(void *context, int32_t thread) {
  const kernel *k = context;
  const part *own = &k->parts[thread];
  const vec *base = thread == 0 ? k->net.layers[0].biases : NULL;
  const int32_t known = k->count + k->following;
  for (int32_t n = 0; n < k->count; n++) {
    if (n + AHEAD < known && k->rows[n + AHEAD] < k->lists.examples) {
      const uint32_t *soon = borders_of(k, k->rows[n + AHEAD], thread);
      prefetch_entries(&k->lists, soon[0], soon[1]);
    }
    const uint32_t *border = borders_of(k, k->rows[n], thread);
    forward_pixels(k, border[0], border[1], base, own->partial + (int64_t)n * k->net.layers[0].stride);
  }
}

static void do_later_layers_of_share(void *context, int32_t thread) {
  const kernel *k = context;
  part *own = &k->parts[thread];
  const int64_t stride = k->net.layers[0].stride;
  const int32_t from = cut(k->count, thread, k->threads), end = cut(k->count, thread + 1, k->threads);
  for (int32_t n = from; n < end; n += BLOCK) {
    const int32_t examples = least(BLOCK, end - n);
    for (int64_t v = 0; v < examples * stride; v++) {
      vec z = k->parts[0].partial[n * stride + v];
      for (int32_t t = 1; t < k->threads; t++) z += k->parts[t].partial[n * stride + v];
      own->activations[0][v] = z;
    }
    own->loss += do_later_layers(k, own, k->rows + n, examples, own->activations[0], own->deltas[0]);
    memcpy(k->deltas + n * stride, own->deltas[0], examples * stride * sizeof(vec));
  }
}

static void backward_share(void *context, int32_t thread) {
  const kernel *k = context;
  const part *own = &k->parts[thread];
  for (int32_t n = 0; n < k->count; n++) {
    const uint32_t *border = borders_of(k, k->rows[n], thread);
    backward_pixels(k, own, border[0], border[1], k->deltas + (int64_t)n * k->net.layers[0].stride);
  }
  if (!k->is_last) return;
  finish_first_layer(k, thread, thread + 1, own->first_pixel, own->end_pixel);
  if (thread == 0) finish_later_layers(k, k->threads);
}

/* ---- One minibatch ---- */

static void do_together(kernel *k, const uint32_t *rows, int32_t count, int32_t following) {
  for (int32_t n = 0; n < count; n += CHUNK) {
    k->rows = rows + n;
    k->count = least(CHUNK, count - n);
    k->following = count - n - k->count + following;
    k->is_last = n + CHUNK >= count;
    run_on_team(k->team, forward_share, k, k->threads);
    run_on_team(k->team, do_later_layers_of_share, k, k->threads);
    run_on_team(k->team, backward_share, k, k->threads);
  }
}

static void begin_minibatch(kernel *k, const uint32_t *rows, int32_t count, int32_t examples, int32_t following,
                            int is_step, float rate) {
  k->rows = rows;
  k->count = count;
  k->batch = examples;
  k->following = following;
  k->is_step = is_step;
  k->rate = rate;
  /* Every forward pass must come before the first change of a weight. */
  k->is_direct = is_step && count <= least(MOST_DIRECT, k->together);
  k->marks = count < k->least_unmarked;
  transpose(k);
  for (int32_t t = 0; t < k->threads; t++) k->parts[t].loss = 0;
}

static double minibatch(kernel *k, const uint32_t *rows, int32_t count, int32_t examples, int32_t following, int is_step,
                        float rate) {
  double loss = 0;
  begin_minibatch(k, rows, count, examples, following, is_step, rate);
  if (k->threads > 1 && count >= LONG * k->threads) {
    run_on_team(k->team, do_share, k, k->threads);
    run_on_team(k->team, finish_share, k, k->threads);
  } else if (count >= k->least_shared) {
    do_together(k, rows, count, following);
  } else {
    do_alone(k);
  }
  for (int32_t t = 0; t < k->threads; t++) loss += k->parts[t].loss;
  return loss / examples;
}

/* ---- Set-up ---- */

/* Threads that the longest minibatch is shared among. */
int32_t threads_of(const kernel *k) { return k->shares ? k->threads : 1; }

void close_kernel(kernel *k) {
  if (!k) return;
  if (k->team) stop_team(k->team);
  for (int32_t t = 0; k->parts && t < k->threads; t++) {
    free(k->parts[t].row_sums);
    free(k->parts[t].sums);
    free(k->parts[t].touched);
    free(k->parts[t].partial);
    for (int32_t l = 0; l < k->net.layer_count; l++) {
      free(k->parts[t].activations[l]);
      if (l + 1 < k->net.layer_count) free(k->parts[t].deltas[l]); /* the last layer's are its activations */
    }
  }
  for (int32_t l = 1; l < k->net.layer_count; l++) free(k->transposed[l]);
  free(k->parts);
  free(k->deltas);
  free(k->borders);
  free_lists(&k->lists);
  free(k);
}

/*
 * problem: as for describe_network. No pixels are needed: `given` has those of all examples, and belongs to the kernel from
 * now on. parameters and gradient: multiples of 64 in memory. These and the labels stay where they are until close_kernel.
 * Returns NULL if memory or threads lack.
 */
kernel *open_kernel(const int32_t *problem, const uint8_t *no_pixels, pixel_lists *given, const uint8_t *labels,
                    vec *parameters, vec *gradient) {
  const int32_t examples = problem[EXAMPLES], threads = problem[THREADS], inputs = problem[INPUTS];
  kernel *k = calloc(1, sizeof *k);
  (void)no_pixels;
  if (!k) {
    drop_lists(given);
    return NULL;
  }
  k->lists = *given;
  free(given);
  if (inputs > MOST_PIXELS || !describe_network(&k->net, problem, labels, parameters, gradient)) {
    free_lists(&k->lists);
    free(k);
    return NULL;
  }
  const layer *first = &k->net.layers[0];
  const int64_t chunk = (int64_t)CHUNK * first->stride * sizeof(vec);
  const int is_shared = threads > 1;
  k->threads = threads;
  k->least_shared = INT32_MAX;
  k->together = MOST_TOGETHER / first->stride < BLOCK ? BLOCK : MOST_TOGETHER / first->stride / BLOCK * BLOCK;
  /* The lists of so many examples are as long as an image: most of its pixels occur in them. */
  const double all = fmax(1, k->lists.starts[k->lists.examples]);
  k->least_unmarked = (int32_t)fmin(INT32_MAX, ceil((double)inputs * k->lists.examples / all));
  k->later = (int64_t)inputs * first->stride;
  int ok = !is_shared || (k->deltas = zeroed(chunk)) != NULL;
  for (int32_t l = 1; l < k->net.layer_count; l++) {
    const layer *here = &k->net.layers[l];
    ok &= (k->transposed[l] = zeroed((int64_t)here->outputs * row_vectors(here->inputs) * sizeof(vec))) != NULL;
  }
  ok = (k->parts = calloc(threads, sizeof *k->parts)) != NULL && ok;
  for (int32_t t = 0; ok && t < threads; t++) {
    part *own = &k->parts[t];
    ok &= (own->row_sums = zeroed(k->later * sizeof(vec))) != NULL;
    ok &= (own->sums = zeroed((k->net.length - k->later) * sizeof(vec))) != NULL;
    ok &= (own->touched = zeroed(inputs + 8)) != NULL;
    ok &= !is_shared || (own->partial = zeroed(chunk)) != NULL;
    for (int32_t l = 0; l < k->net.layer_count; l++) {
      const int64_t block = (int64_t)(l == 0 ? k->together : BLOCK) * k->net.layers[l].stride * sizeof(vec);
      ok &= (own->activations[l] = zeroed(block)) != NULL;
      ok &= (own->deltas[l] = l + 1 < k->net.layer_count ? zeroed(block) : own->activations[l]) != NULL;
    }
  }
  /* Gives back what the last piece did not fill. */
  ok = ok && k->lists.examples == (uint32_t)examples && make_room(&k->lists, (uint64_t)k->lists.starts[examples] + BEYOND);
  ok = ok && (!is_shared || share_pixels(k, examples, inputs));
  ok = ok && (k->team = start_team(threads)) != NULL;
  const int32_t longest = problem[MOST_ROWS], short_rows = least(longest, LONG * threads - 1);
  ok = ok && (!is_shared || time_sharing(k, examples, short_rows, problem[ALL_THREADS]));
  k->shares = longest >= LONG * threads || longest >= k->least_shared;
  if (ok) return k;
  close_kernel(k);
  return NULL;
}
