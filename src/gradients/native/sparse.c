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
 * Sums lie in arrays of their own, one per thread, which are 0 between calls. `touched` marks the pixels whose rows
 * are not: only these are added to the weights and cleared, so that a step costs what its pixels cost.
 */
#include "network.h"
#include "pixel_lists.h"
#include "team.h"

/* Examples that go through the layers together, so that the latency of one hides behind the others. */
#define BLOCK 8
/* How many examples before its turn the pixels of one are loaded. */
#define AHEAD 8

/* What a thread has for itself. */
typedef struct {
  vec *sums;                    /* as the parameters: its part of the gradient */
  uint8_t *touched;             /* (pixels, filled up to 8) 1 where its row of sums is not 0 */
  vec *activations[MOST_LAYERS]; /* [l] (BLOCK, stride) output of layer l; z of the last one, then its δ */
  vec *deltas[MOST_LAYERS];     /* [l] (BLOCK, stride) */
  double loss;                  /* sum over its examples */
} part;

struct kernel {
  network net;
  int32_t threads;
  vec *transposed[MOST_LAYERS]; /* [l] (outputs, row of the inputs) weights; for l > 0 */
  pixel_lists lists;
  part *parts; /* (threads) */
  team *team;
  /* The job: */
  const uint32_t *rows;
  int32_t count, following, active; /* following: rows after the minibatch, which the next one may have */
  int is_step;
  float rate;
};

/* ---- One block of examples ---- */

/* sum[v] += x · row[v] for the non-zero pixels of one example; `at_once` pixels at a time hide the latency. */
INLINE void sum_pixels(const kernel *k, uint32_t row, int32_t first, const int vectors, const int at_once, vec *z) {
  const layer *l = &k->net.layers[0];
  const vec *weights = l->weights + first;
  const uint32_t start = k->lists.starts[row], count = k->lists.starts[row + 1] - start;
  const uint16_t *index = k->lists.indices + start;
  const uint8_t *value = k->lists.values + start;
  vec sum[at_once][vectors];
  for (int v = 0; v < vectors; v++) sum[0][v] = l->biases[first + v];
  for (int n = 1; n < at_once; n++) for (int v = 0; v < vectors; v++) sum[n][v] = splat(0);
  uint32_t i = 0;
  for (; i + at_once <= count; i += at_once) {
    for (int n = 0; n < at_once; n++) {
      const vec x = splat(k->lists.scaled[value[i + n]]);
      const vec *w = weights + (int64_t)index[i + n] * l->stride;
      for (int v = 0; v < vectors; v++) sum[n][v] += x * w[v];
    }
  }
  for (; i < count; i++) {
    const vec x = splat(k->lists.scaled[value[i]]);
    const vec *w = weights + (int64_t)index[i] * l->stride;
    for (int v = 0; v < vectors; v++) sum[0][v] += x * w[v];
  }
  for (int n = 1; n < at_once; n++) for (int v = 0; v < vectors; v++) sum[0][v] += sum[n][v];
  for (int v = 0; v < vectors; v++) z[first + v] = sum[0][v];
}

/* sums[p][v] += x[p] · δ[v], and marks the pixels. */
INLINE void add_pixels(const kernel *k, const part *own, uint32_t row, int32_t first, const int vectors, const vec *delta) {
  const int32_t stride = k->net.layers[0].stride;
  vec *sums = own->sums + first;
  const uint32_t start = k->lists.starts[row], count = k->lists.starts[row + 1] - start;
  const uint16_t *index = k->lists.indices + start;
  const uint8_t *value = k->lists.values + start;
  vec d[vectors];
  for (int v = 0; v < vectors; v++) d[v] = delta[first + v];
  for (uint32_t i = 0; i < count; i++) {
    const vec x = splat(k->lists.scaled[value[i]]);
    vec *to = sums + (int64_t)index[i] * stride;
    own->touched[index[i]] = 1;
    for (int v = 0; v < vectors; v++) to[v] += x * d[v];
  }
}

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

/* The gradients of a block go to the thread's sums; returns its losses. `ahead` more rows follow: they are prefetched. */
static double do_block(const kernel *k, const part *own, const uint32_t *rows, int32_t examples, int32_t ahead) {
  const int32_t last = k->net.layer_count - 1;
  const layer *first = &k->net.layers[0];
  double loss = 0;
  for (int32_t e = 0; e < examples; e++) {
    if (AHEAD + e < ahead + examples) prefetch_pixels(&k->lists, rows[AHEAD + e]);
    vec *z = own->activations[0] + e * first->stride;
    int32_t v = 0;
    for (; v + 4 <= first->vectors; v += 4) sum_pixels(k, rows[e], v, 4, 2, z);
    for (; v + 2 <= first->vectors; v += 2) sum_pixels(k, rows[e], v, 2, 2, z);
    if (v < first->vectors) sum_pixels(k, rows[e], v, 1, 4, z);
  }
  for (int32_t l = 0; l < last; l++) {
    const layer *above = &k->net.layers[l + 1];
    vec *a = own->activations[l];
    for (int32_t v = 0; v < examples * k->net.layers[l].stride; v++) a[v] = activated(k->net.activation, a[v]);
    product(a, k->net.layers[l].stride, above->weights, above->inputs, above->vectors, above->stride, above->biases,
            own->activations[l + 1], examples);
  }
  for (int32_t e = 0; e < examples; e++) {
    const layer *output = &k->net.layers[last];
    loss += loss_and_delta(k->net.loss, own->deltas[last] + e * output->stride, output->outputs, k->net.labels[rows[e]],
                           1.0f / k->count);
  }
  for (int32_t l = last; l >= 0; l--) {
    const layer *here = &k->net.layers[l];
    const vec *deltas = own->deltas[l];
    vec *sums = own->sums + here->offset, *bias_sums = sums + (int64_t)here->inputs * here->stride;
    for (int32_t e = 0; e < examples; e++)
      for (int32_t v = 0; v < here->vectors; v++) bias_sums[v] += deltas[e * here->stride + v];
    if (l == 0) break;
    const int32_t below = k->net.layers[l - 1].stride;
    const vec *a = own->activations[l - 1];
    vec *to = own->deltas[l - 1];
    add_outer(a, below, deltas, here, sums, examples);
    product(deltas, here->stride, k->transposed[l], here->outputs, k->net.layers[l - 1].vectors, below, NULL, to,
            examples);
    for (int32_t v = 0; v < examples * below; v++) to[v] = times_slope(k->net.activation, to[v], a[v]);
  }
  for (int32_t e = 0; e < examples; e++) {
    const vec *delta = own->deltas[0] + e * first->stride;
    int32_t v = 0;
    for (; v + 4 <= first->vectors; v += 4) add_pixels(k, own, rows[e], v, 4, delta);
    for (; v + 2 <= first->vectors; v += 2) add_pixels(k, own, rows[e], v, 2, delta);
    if (v < first->vectors) add_pixels(k, own, rows[e], v, 1, delta);
  }
  return loss;
}

/* ---- One minibatch ---- */

/* Which byte of a word in memory holds its lowest bit that is set. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define FIRST_BYTE(word) (__builtin_ctzll(word) / 8)
#else
#define FIRST_BYTE(word) (7 - __builtin_ctzll(word) / 8)
#endif

/* A thread's share of the examples. */
static void add_up(void *context, int32_t thread) {
  const kernel *k = context;
  part *own = &k->parts[thread];
  const int32_t from = cut(k->count, thread, k->active), end = cut(k->count, thread + 1, k->active);
  const int32_t known = k->active == 1 ? end + k->following : end;
  double loss = 0;
  for (int32_t n = from; n < end && n < from + AHEAD; n++) prefetch_pixels(&k->lists, k->rows[n]);
  for (int32_t n = from; n < end; n += BLOCK) {
    const int32_t examples = end - n < BLOCK ? end - n : BLOCK;
    loss += do_block(k, own, k->rows + n, examples, known - n - examples);
  }
  own->loss = loss;
}

/* Adds all threads' sums at `at`, in order, clears them, and updates the weights or writes the gradient. */
INLINE void finish_vectors(const kernel *k, int64_t at, int64_t count, const int is_one_thread) {
  vec *sums = k->parts[0].sums + at, *parameters = k->net.layers[0].weights + at, *gradient = k->net.gradient + at;
  const vec rate = splat(k->rate);
  const int is_step = k->is_step;
  for (int64_t v = 0; v < count; v++) {
    vec sum = sums[v];
    sums[v] = splat(0);
    for (int32_t t = 1; !is_one_thread && t < k->active; t++) {
      sum += k->parts[t].sums[at + v];
      k->parts[t].sums[at + v] = splat(0);
    }
    if (is_step) parameters[v] -= rate * sum;
    else gradient[v] = sum;
  }
}

/* The marked ones of eight pixels. */
INLINE void finish_pixels(const kernel *k, int32_t word, const int is_one_thread) {
  const int32_t stride = k->net.layers[0].stride, inputs = k->net.layers[0].inputs;
  uint64_t marks;
  memcpy(&marks, k->parts[0].touched + 8 * word, 8);
  for (int32_t t = 1; !is_one_thread && t < k->active; t++) {
    uint64_t more;
    memcpy(&more, k->parts[t].touched + 8 * word, 8);
    if (more == 0) continue;
    memset(k->parts[t].touched + 8 * word, 0, 8);
    marks |= more;
  }
  if (!k->is_step) {
    const int64_t from = 8 * word, to = from + 8 < inputs ? from + 8 : inputs;
    memset(k->net.gradient + from * stride, 0, (to - from) * stride * sizeof(vec));
  }
  if (marks == 0) return;
  memset(k->parts[0].touched + 8 * word, 0, 8);
  for (; marks != 0; marks &= marks - 1) /* a marked byte is 1, so that one bit stands for it */
    finish_vectors(k, (8 * (int64_t)word + FIRST_BYTE(marks)) * stride, stride, is_one_thread);
}

/* A thread's slice of the pixels; thread 0 does the biases and the other layers, too. */
static void finish(void *context, int32_t thread) {
  const kernel *k = context;
  const layer *first = &k->net.layers[0];
  const int32_t words = (first->inputs + 7) / 8;
  const int32_t end = cut(words, thread + 1, k->active);
  const int64_t pixels_end = (int64_t)first->inputs * first->stride;
  int32_t word = cut(words, thread, k->active);
  if (k->active == 1) for (; word < end; word++) finish_pixels(k, word, 1);
  else for (; word < end; word++) finish_pixels(k, word, 0);
  if (thread == 0) finish_vectors(k, pixels_end, k->net.length - pixels_end, 0);
}

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

static double minibatch(kernel *k, const uint32_t *rows, int32_t count, int32_t following, int is_step, float rate) {
  k->rows = rows;
  k->count = count;
  k->following = following;
  k->is_step = is_step;
  k->rate = rate;
  k->active = threads_for(count, k->threads);
  transpose(k);
  run_on_team(k->team, add_up, k, k->active);
  run_on_team(k->team, finish, k, k->active);
  double loss = 0;
  for (int32_t t = 0; t < k->active; t++) loss += k->parts[t].loss;
  return loss / count;
}

/* ---- Set-up ---- */

void close_kernel(kernel *k) {
  if (!k) return;
  if (k->team) stop_team(k->team);
  for (int32_t t = 0; k->parts && t < k->threads; t++) {
    free(k->parts[t].sums);
    free(k->parts[t].touched);
    for (int32_t l = 0; l < k->net.layer_count; l++) {
      free(k->parts[t].activations[l]);
      if (l + 1 < k->net.layer_count) free(k->parts[t].deltas[l]); /* the last layer's are its activations */
    }
  }
  for (int32_t l = 1; l < k->net.layer_count; l++) free(k->transposed[l]);
  free(k->parts);
  free_lists(&k->lists);
  free(k);
}

/*
 * problem: as for describe_network. pixels: (examples, inputs) bytes. parameters and gradient: multiples of 64 in
 * memory. All but `problem` stay where they are until close_kernel. Returns NULL if memory or threads lack.
 */
kernel *open_kernel(const int32_t *problem, const uint8_t *pixels, const uint8_t *labels, vec *parameters,
                    vec *gradient) {
  const int32_t examples = problem[0], threads = problem[1], inputs = problem[6];
  kernel *k = calloc(1, sizeof *k);
  if (!k) return NULL;
  if (inputs > MOST_PIXELS || !describe_network(&k->net, problem, labels, parameters, gradient)) {
    free(k);
    return NULL;
  }
  k->threads = threads;
  int ok = 1;
  for (int32_t l = 1; l < k->net.layer_count; l++) {
    const layer *here = &k->net.layers[l];
    ok &= (k->transposed[l] = zeroed((int64_t)here->outputs * row_vectors(here->inputs) * sizeof(vec))) != NULL;
  }
  ok &= (k->parts = calloc(threads, sizeof *k->parts)) != NULL;
  for (int32_t t = 0; ok && t < threads; t++) {
    part *own = &k->parts[t];
    ok &= (own->sums = zeroed(k->net.length * sizeof(vec))) != NULL;
    ok &= (own->touched = zeroed(inputs + 8)) != NULL;
    for (int32_t l = 0; l < k->net.layer_count; l++) {
      const int64_t bytes = (int64_t)BLOCK * k->net.layers[l].stride * sizeof(vec);
      ok &= (own->activations[l] = zeroed(bytes)) != NULL;
      ok &= (own->deltas[l] = l + 1 < k->net.layer_count ? zeroed(bytes) : own->activations[l]) != NULL;
    }
  }
  ok = ok && list_pixels(&k->lists, pixels, examples, inputs) && (k->team = start_team(threads)) != NULL;
  if (ok) return k;
  close_kernel(k);
  return NULL;
}
