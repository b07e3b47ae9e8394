/*
 * The gradient of a multilayer perceptron as products of whole matrices, for wide layers. n numbers the examples.
 *
 *   forward    Z (n, out) = A (n, in) · W (in, out) + b;  A of the layer above = f(Z)
 *   backward   Δ (n, out) of the output layer, with the 1 / B of the mean (vectors.h)
 *              Δ⁻ (n, in) = f′(Z) ⊙ Δ (n, out) · Wᵀ (out, in)
 *   gradient   dLoss/dW (in, out) = Aᵀ (in, n) · Δ (n, out); dLoss/db = Σ Δ[n]
 *
 * All three are C (rows, columns) = L (rows, depth) · R (depth, columns), blocked for caches as in K. Goto, R. van de
 * Geijn, Anatomy of High-Performance Matrix Multiplication, ACM Trans. Math. Softw. 34, 2008. A block of R and one of L
 * are copied into panels that are read from front to back: a panel of R stays in the first cache, the block of L in the
 * second. A tile of C stays in registers while both panels pass by.
 *
 * Weights are [in][out], each row filled up to whole vectors. The filling of R's copies may hold anything; it only
 * reaches the filling of C.
 */
#include "vectors.h"
#include "team.h"

/* A tile of C, in rows and vectors, that leaves registers for a row of R and a number of L. */
#if defined(__AVX512F__)
#define TILE_ROWS 12
#define TILE_VECTORS 2
#else
#define TILE_ROWS 6
#define TILE_VECTORS 1
#endif

/* Of a block: a panel of R takes at most 24 KiB, a block of L 72 KiB, one of R 192 KiB. */
#define MOST_DEPTH 192
#define MOST_ROWS (8 * 12)
#define MOST_VECTORS 16

/* Examples that go through the layers together: the weights are copied into panels once for them. */
#define BLOCK 256
#define MOST_LAYERS 64

typedef struct {
  int32_t inputs, outputs;
  int32_t vectors; /* of a row of weights */
  vec *weights;    /* (inputs, vectors) */
  vec *biases;     /* (vectors) */
  int64_t offset;  /* of the weights in parameters and sums, in vectors; the biases follow them */
} layer;

/* What a thread has for itself. */
typedef struct {
  vec *sums;                         /* as the parameters: its part of the gradient */
  vec *activations[MOST_LAYERS + 1]; /* [l] (BLOCK, vectors) input of layer l; z of the last one, then its Δ */
  vec *deltas[MOST_LAYERS + 1];      /* [l] (BLOCK, vectors) of the layer below l; [0] is not used */
  float *left;                       /* (panels, depth, TILE_ROWS) a block of L */
  vec *right;                        /* (panels, depth, TILE_VECTORS) a block of R */
  double loss;                       /* sum over its examples */
} part;

typedef struct {
  int32_t activation, loss, layer_count, threads;
  layer layers[MOST_LAYERS];
  int64_t length; /* of the parameters, in vectors */
  vec *gradient;  /* as the parameters */
  const uint8_t *pixels, *labels;
  part *parts; /* (threads) */
  team *team;
  /* The job: */
  const uint32_t *rows;
  int32_t count, active;
  int is_step;
  int updates; /* a step whose products go to the weights at once: one thread, and one block */
  float rate;
} kernel;

/* ---- Products of matrices ---- */

/* A matrix of floats: element (i, j) lies at i · row + j · column. One of the two is 1. */
typedef struct {
  const float *at;
  int64_t row, column;
} matrix;

typedef struct {
  int32_t rows, columns, depth;
  matrix left, right;
  vec *to;          /* (rows, vectors of the columns) */
  const vec *start; /* (vectors of the columns) is added to each row; NULL: 0, or `to` as it is, if `adds` */
  int adds;
  float scale; /* of the product */
} product;

INLINE int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

/* Of the equal parts of `whole` that have at most `most` each, rounded up to a multiple of `unit`. */
INLINE int32_t part_size(int32_t whole, int32_t most, int32_t unit) {
  const int32_t parts = (whole + most - 1) / most;
  const int32_t size = (whole + parts - 1) / parts;
  return (size + unit - 1) / unit * unit;
}

/* to[panel][k][r] = from[panel · TILE_ROWS + r][k]; rows beyond the last are 0. */
static void pack_left(const matrix from, int32_t rows, int32_t depth, float *to) {
  for (int32_t first = 0; first < rows; first += TILE_ROWS) {
    const int32_t some = least(TILE_ROWS, rows - first);
    const float *at = from.at + first * from.row;
    if (some < TILE_ROWS) memset(to, 0, (int64_t)depth * TILE_ROWS * sizeof(float));
    for (int32_t k = 0; k < depth; k++)
      for (int32_t r = 0; r < some; r++) to[k * TILE_ROWS + r] = at[r * from.row + k * from.column];
    to += (int64_t)depth * TILE_ROWS;
  }
}

/* to[panel][k][v] = from[k][vectors of the panel]. Lanes beyond the last column are 0 where the rows are transposed. */
static void pack_right(const matrix from, int32_t columns, int32_t depth, vec *to) {
  const int32_t vectors = vectors_for(columns);
  for (int32_t first = 0; first < vectors; first += TILE_VECTORS) {
    const int32_t some = least(TILE_VECTORS, vectors - first);
    for (int32_t k = 0; k < depth; k++) {
      for (int32_t v = 0; v < some; v++) {
        const int32_t column = (first + v) * LANES;
        if (from.column == 1) {
          memcpy(to + k * some + v, from.at + k * from.row + column, sizeof(vec));
          continue;
        }
        float *lanes = (float *)(to + k * some + v);
        const int32_t filled = least(LANES, columns - column);
        for (int32_t i = 0; i < filled; i++) lanes[i] = from.at[k * from.row + (column + i) * from.column];
        for (int32_t i = filled; i < LANES; i++) lanes[i] = 0;
      }
    }
    to += (int64_t)depth * some;
  }
}

/* One tile: to[r][v] = base[r][v] + scale · Σ left[k][r] · right[k][v], base being `to` itself, `start` in each row, or 0. */
INLINE void multiply_tile(const float *left, const vec *right, int32_t depth, const int vectors, vec *to, int64_t stride,
                          int32_t rows, int adds, const vec *start, float scale) {
  vec sum[TILE_ROWS][vectors];
  for (int r = 0; r < TILE_ROWS; r++) for (int v = 0; v < vectors; v++) sum[r][v] = splat(0);
  for (int32_t k = 0; k < depth; k++) {
    for (int r = 0; r < TILE_ROWS; r++) {
      const vec x = splat(left[k * TILE_ROWS + r]);
      for (int v = 0; v < vectors; v++) sum[r][v] += x * right[k * vectors + v];
    }
  }
  for (int r = 0; r < TILE_ROWS; r++) {
    for (int v = 0; v < vectors && r < rows; v++) {
      const vec base = adds ? to[r * stride + v] : start ? start[v] : splat(0);
      to[r * stride + v] = base + splat(scale) * sum[r][v];
    }
  }
}

static void multiply(const part *own, const product p) {
  const int32_t vectors = vectors_for(p.columns);
  const int32_t most_depth = part_size(p.depth, MOST_DEPTH, 1);
  const int32_t most_vectors = part_size(vectors, MOST_VECTORS, TILE_VECTORS);
  const int32_t most_rows = part_size(p.rows, MOST_ROWS, TILE_ROWS);
  for (int32_t k = 0; k < p.depth; k += most_depth) {
    const int32_t depth = least(most_depth, p.depth - k);
    const int adds = p.adds || k > 0;
    for (int32_t v = 0; v < vectors; v += most_vectors) {
      const int32_t some_vectors = least(most_vectors, vectors - v), column = v * LANES;
      const matrix right = {p.right.at + k * p.right.row + column * p.right.column, p.right.row, p.right.column};
      pack_right(right, least(some_vectors * LANES, p.columns - column), depth, own->right);
      for (int32_t m = 0; m < p.rows; m += most_rows) {
        const int32_t rows = least(most_rows, p.rows - m);
        const matrix left = {p.left.at + m * p.left.row + k * p.left.column, p.left.row, p.left.column};
        pack_left(left, rows, depth, own->left);
        for (int32_t w = 0; w < some_vectors; w += TILE_VECTORS) {
          const vec *right_panel = own->right + (int64_t)w * depth, *start = p.start ? p.start + v + w : NULL;
          for (int32_t r = 0; r < rows; r += TILE_ROWS) {
            const float *left_panel = own->left + (int64_t)r * depth;
            vec *to = p.to + (int64_t)(m + r) * vectors + v + w;
            if (w + TILE_VECTORS <= some_vectors)
              multiply_tile(left_panel, right_panel, depth, TILE_VECTORS, to, vectors, rows - r, adds, start, p.scale);
            else
              multiply_tile(left_panel, right_panel, depth, 1, to, vectors, rows - r, adds, start, p.scale);
          }
        }
      }
    }
  }
}

/* Rows of whole vectors, and the same transposed. */
INLINE matrix rows_of(const vec *at, int32_t vectors) { return (matrix){(const float *)at, (int64_t)vectors * LANES, 1}; }
INLINE matrix transposed(const vec *at, int32_t vectors) { return (matrix){(const float *)at, 1, (int64_t)vectors * LANES}; }

/* ---- One block of examples ---- */

/* to[n][p] = pixel p of row n / 255 */
static void gather(const kernel *k, const uint32_t *rows, int32_t examples, vec *to) {
  const int32_t inputs = k->layers[0].inputs, stride = vectors_for(inputs) * LANES;
  for (int32_t n = 0; n < examples; n++) {
    const uint8_t *from = k->pixels + (int64_t)rows[n] * inputs;
    float *row = (float *)to + (int64_t)n * stride;
    for (int32_t p = 0; p < inputs; p++) row[p] = from[p] * (1 / 255.0f);
  }
}

/* Writes the gradients of a block to the thread's sums, or adds them; or updates the weights. Returns its losses. */
static double do_block(const kernel *k, const part *own, const uint32_t *rows, int32_t examples, int adds) {
  const int32_t last = k->layer_count - 1;
  double loss = 0;
  gather(k, rows, examples, own->activations[0]);
  for (int32_t l = 0; l <= last; l++) {
    const layer *here = &k->layers[l];
    vec *to = own->activations[l + 1];
    multiply(own, (product){.rows = examples, .columns = here->outputs, .depth = here->inputs,
                            .left = rows_of(own->activations[l], vectors_for(here->inputs)),
                            .right = rows_of(here->weights, here->vectors), .to = to, .start = here->biases,
                            .scale = 1});
    if (l == last) break;
    for (int32_t v = 0; v < examples * here->vectors; v++) to[v] = activated(k->activation, to[v]);
  }
  const layer *output = &k->layers[last];
  vec *delta = own->activations[last + 1];
  for (int32_t n = 0; n < examples; n++)
    loss += loss_and_delta(k->loss, delta + (int64_t)n * output->vectors, output->outputs, k->labels[rows[n]],
                           1.0f / k->count);
  for (int32_t l = last; l >= 0; l--) {
    const layer *here = &k->layers[l];
    const int32_t below = vectors_for(here->inputs);
    const vec *a = own->activations[l];
    vec *to = own->deltas[l], *sums = (k->updates ? k->layers[0].weights : own->sums) + here->offset;
    vec *bias_sums = sums + (int64_t)here->inputs * here->vectors;
    const float scale = k->updates ? -k->rate : 1;
    if (l > 0) { /* with the weights before their update */
      multiply(own, (product){.rows = examples, .columns = here->inputs, .depth = here->outputs,
                              .left = rows_of(delta, here->vectors), .right = transposed(here->weights, here->vectors),
                              .to = to, .scale = 1});
      for (int32_t v = 0; v < examples * below; v++) to[v] = times_slope(k->activation, to[v], a[v]);
    }
    multiply(own, (product){.rows = here->inputs, .columns = here->outputs, .depth = examples,
                            .left = transposed(a, below), .right = rows_of(delta, here->vectors), .to = sums,
                            .adds = adds, .scale = scale});
    if (!adds) memset(bias_sums, 0, here->vectors * sizeof(vec));
    for (int32_t n = 0; n < examples; n++)
      for (int32_t v = 0; v < here->vectors; v++) bias_sums[v] += splat(scale) * delta[(int64_t)n * here->vectors + v];
    delta = to;
  }
  return loss;
}

/* ---- One minibatch ---- */

/* A thread's share of the examples. */
static void add_up(void *context, int32_t thread) {
  const kernel *k = context;
  part *own = &k->parts[thread];
  const int32_t from = cut(k->count, thread, k->active), end = cut(k->count, thread + 1, k->active);
  double loss = 0;
  for (int32_t n = from; n < end; n += BLOCK)
    loss += do_block(k, own, k->rows + n, least(BLOCK, end - n), n > from || k->updates);
  own->loss = loss;
}

/* A thread's slice of the parameters: adds all threads' sums, in order, and updates it or writes the gradient. */
static void finish(void *context, int32_t thread) {
  const kernel *k = context;
  const int64_t end = k->length * (thread + 1) / k->active;
  vec *parameters = k->layers[0].weights;
  const vec rate = splat(k->rate);
  for (int64_t v = k->length * thread / k->active; v < end; v++) {
    vec sum = k->parts[0].sums[v];
    for (int32_t t = 1; t < k->active; t++) sum += k->parts[t].sums[v];
    if (k->is_step) parameters[v] -= rate * sum;
    else k->gradient[v] = sum;
  }
}

static double minibatch(kernel *k, const uint32_t *rows, int32_t count, int is_step, float rate) {
  k->rows = rows;
  k->count = count;
  k->is_step = is_step;
  k->rate = rate;
  k->active = threads_for(count, k->threads);
  k->updates = is_step && k->active == 1 && count <= BLOCK;
  run_on_team(k->team, add_up, k, k->active);
  if (!k->updates) run_on_team(k->team, finish, k, k->active);
  double loss = 0;
  for (int32_t t = 0; t < k->active; t++) loss += k->parts[t].loss;
  return loss / count;
}

/* Overwrites the gradient with that of the mean loss over `count` rows, and returns that loss. */
double loss_and_gradient(kernel *k, const uint32_t *rows, int32_t count, int32_t following) {
  (void)following;
  return minibatch(k, rows, count, 0, 0);
}

/*
 * parameters −= rate · gradient in the same call; returns the mean loss before. The gradient array stays as it is. With
 * one thread and one block of examples, the tiles are subtracted from the weights where they are computed.
 */
double step(kernel *k, const uint32_t *rows, int32_t count, int32_t following, float rate) {
  (void)following;
  return minibatch(k, rows, count, 1, rate);
}

/* parameters −= rate · gradient, for the gradient array. */
void descend(kernel *k, float rate) {
  for (int64_t v = 0; v < k->length; v++) k->layers[0].weights[v] -= splat(rate) * k->gradient[v];
}

/* ---- Set-up ---- */

void close_kernel(kernel *k) {
  if (!k) return;
  if (k->team) stop_team(k->team);
  for (int32_t t = 0; k->parts && t < k->threads; t++) {
    const part *own = &k->parts[t];
    free(own->sums);
    free(own->left);
    free(own->right);
    for (int32_t l = 0; l <= k->layer_count; l++) {
      free(own->activations[l]);
      free(own->deltas[l]);
    }
  }
  free(k->parts);
  free(k);
}

/*
 * problem: examples, threads, most rows of a minibatch, hidden activation, loss, number of widths, then the widths.
 * pixels: (examples, widths[0]) bytes. parameters and gradient: multiples of 64 in memory, layer by layer the weights
 * (inputs, vectors), then the biases (vectors). All but `problem` stay where they are until close_kernel. Returns NULL
 * if memory or threads lack.
 */
kernel *open_kernel(const int32_t *problem, const uint8_t *pixels, const uint8_t *labels, vec *parameters,
                    vec *gradient) {
  const int32_t widths = problem[5], *sizes = problem + 6, block = least(BLOCK, problem[2]);
  if (widths - 1 > MOST_LAYERS) return NULL;
  kernel *k = calloc(1, sizeof *k);
  if (!k) return NULL;
  k->threads = problem[1];
  k->activation = problem[3];
  k->loss = problem[4];
  k->layer_count = widths - 1;
  k->pixels = pixels;
  k->labels = labels;
  k->gradient = gradient;
  for (int32_t l = 0; l < k->layer_count; l++) {
    layer *here = &k->layers[l];
    here->inputs = sizes[l];
    here->outputs = sizes[l + 1];
    here->vectors = vectors_for(here->outputs);
    here->offset = k->length;
    here->weights = parameters + k->length;
    here->biases = here->weights + (int64_t)here->inputs * here->vectors;
    k->length += ((int64_t)here->inputs + 1) * here->vectors;
  }
  int ok = (k->parts = calloc(k->threads, sizeof *k->parts)) != NULL;
  for (int32_t t = 0; ok && t < k->threads; t++) {
    part *own = &k->parts[t];
    ok &= (own->sums = zeroed(k->length * sizeof(vec))) != NULL;
    ok &= (own->left = zeroed((int64_t)(MOST_ROWS + TILE_ROWS) * MOST_DEPTH * sizeof(float))) != NULL;
    ok &= (own->right = zeroed((int64_t)(MOST_VECTORS + TILE_VECTORS) * MOST_DEPTH * sizeof(vec))) != NULL;
    for (int32_t l = 0; l <= k->layer_count; l++) {
      const int64_t bytes = (int64_t)block * vectors_for(sizes[l]) * sizeof(vec);
      ok &= (own->activations[l] = zeroed(bytes)) != NULL;
      ok &= l == 0 || l == k->layer_count || (own->deltas[l] = zeroed(bytes)) != NULL;
    }
  }
  ok = ok && (k->team = start_team(k->threads)) != NULL;
  if (ok) return k;
  close_kernel(k);
  return NULL;
}
