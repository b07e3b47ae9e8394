/*
 * C (rows, columns) = L (rows, depth) · R (depth, columns), blocked as in K. Goto, R. van de Geijn, Anatomy of
 * High-Performance Matrix Multiplication, ACM Trans. Math. Softw. 34, 2008. A few columns of R are copied into a panel
 * that is read from front to back and stays in the first cache. A tile of C stays in registers while the panel and its
 * rows of L pass by. L is read where it lies: each of its numbers meets all columns of the panel.
 *
 * Rows are filled up to whole vectors. The filling of R may hold anything where R is not transposed; it only reaches the
 * filling of C.
 */
#ifndef DENSE_PRODUCT_H
#define DENSE_PRODUCT_H

#include "vectors.h"

/* A tile of C, in rows and vectors, that leaves registers for a row of R and a number of L. */
#if defined(__AVX512F__)
#define TILE_ROWS 8
#define TILE_VECTORS 3
#else
#define TILE_ROWS 6
#define TILE_VECTORS 1
#endif

/* Rows of a panel of R: 36 KiB of 3 vectors. A multiple of LANES. */
#define MOST_DEPTH 192
#define PANEL_FLOATS (MOST_DEPTH * TILE_VECTORS * LANES)

/* A matrix of floats: element (i, j) lies at i · row + j · column. One of the two is 1. */
typedef struct {
  const float *at;
  int64_t row, column;
} matrix;

/* What is done to a tile before it is stored. */
typedef struct {
  enum { STORE, ACTIVATE, SLOPE } kind;
  int activation;
  const vec *activations; /* for SLOPE, as C */
} finish;

typedef struct {
  int32_t rows, columns, depth;
  matrix left, right;
  vec *to;          /* (rows, vectors of the columns) */
  int64_t stride;   /* of `to` and of the activations, in vectors */
  const vec *start; /* (vectors of the columns) is added to each row; NULL: 0, or `to` as it is, if `adds` */
  int adds;
  float scale; /* of the product */
  finish after;
} product;

/* Rows of vectors, and the same transposed. */
INLINE matrix rows_of(const vec *at, int32_t stride) { return (matrix){(const float *)at, (int64_t)stride * LANES, 1}; }
INLINE matrix transposed(const vec *at, int32_t stride) { return (matrix){(const float *)at, 1, (int64_t)stride * LANES}; }
INLINE matrix from_row(matrix of, int32_t row) { return (matrix){of.at + row * of.row, of.row, of.column}; }

#if defined(__clang__)
#define LOW_PAIRS(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH_PAIRS(a, b) \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#else
#define LOW_PAIRS(a, b) __builtin_shuffle(a, b, (ivec){0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23})
#define HIGH_PAIRS(a, b) __builtin_shuffle(a, b, (ivec){8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31})
#endif

/* Transposes 16 rows of 16 floats: pairing row i with row i + 8, lane by lane, four times over, exchanges the indices. */
INLINE void transpose_square(vec *square) {
  vec next[LANES];
  for (int times = 0; times < 4; times++) {
    for (int i = 0; i < LANES / 2; i++) {
      next[2 * i] = LOW_PAIRS(square[i], square[i + 8]);
      next[2 * i + 1] = HIGH_PAIRS(square[i], square[i + 8]);
    }
    for (int i = 0; i < LANES; i++) square[i] = next[i];
  }
}

/* to[k][v] = from[k][column + lanes of v], 0 in lanes beyond the last column. `depth` rows, read along the columns. */
static void pack_transposed(const matrix from, int32_t column, int32_t columns, int32_t depth, const int vectors,
                            vec *to) {
  for (int v = 0; v < vectors; v++) {
    const float *at = from.at + (column + v * LANES) * from.column;
    const int32_t some = columns - column - v * LANES;
    for (int32_t k = 0; k < depth; k += LANES) {
      vec square[LANES]; /* lanes beyond the depth hold what lies there, or the filling; they are not read */
      for (int i = 0; i < LANES; i++) square[i] = i < some ? *(const vec *)(at + i * from.column + k) : splat(0);
      transpose_square(square);
      for (int i = 0; i < LANES && k + i < depth; i++) to[(k + i) * vectors + v] = square[i];
    }
  }
}

INLINE void pack(const matrix from, int32_t column, int32_t columns, int32_t depth, const int vectors, vec *to) {
  if (from.column != 1) return pack_transposed(from, column, columns, depth, vectors, to);
  const float *at = from.at + column;
  for (int32_t k = 0; k < depth; k++)
    for (int v = 0; v < vectors; v++) to[k * vectors + v] = *(const vec *)(at + k * from.row + v * LANES);
}

/* to[r][v] = after(base[r][v] + scale · Σ left[r][k] · panel[k][v]), base being `to` itself, `start` in each row, or 0. */
INLINE void multiply_tile(const matrix left, const vec *panel, int32_t depth, const int rows, const int vectors,
                          vec *to, int64_t stride, int adds, const vec *start, float scale, const finish after) {
  vec sum[rows][vectors];
  for (int r = 0; r < rows; r++) for (int v = 0; v < vectors; v++) sum[r][v] = splat(0);
  for (int32_t k = 0; k < depth; k++) {
    for (int r = 0; r < rows; r++) {
      const vec x = splat(left.at[r * left.row + k * left.column]);
      for (int v = 0; v < vectors; v++) sum[r][v] += x * panel[k * vectors + v];
    }
  }
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) {
      const vec base = adds ? to[r * stride + v] : start ? start[v] : splat(0);
      vec value = base + splat(scale) * sum[r][v];
      if (after.kind == ACTIVATE) value = activated(after.activation, value);
      if (after.kind == SLOPE) value = times_slope(after.activation, value, after.activations[r * stride + v]);
      to[r * stride + v] = value;
    }
  }
}

/* All rows of C for one panel. */
INLINE void multiply_panel(const product *p, const vec *panel, int32_t k, int32_t depth, int32_t v, const int vectors) {
  const int adds = p->adds || k > 0;
  const vec *start = p->start ? p->start + v : NULL;
  for (int32_t r = 0, some; r < p->rows; r += some) {
    const int32_t left_rows = p->rows - r;
    const matrix left = {p->left.at + r * p->left.row + k * p->left.column, p->left.row, p->left.column};
    vec *to = p->to + r * p->stride + v;
    finish after = p->after;
    if (k + depth < p->depth) after.kind = STORE;
    if (after.activations) after.activations += r * p->stride + v;
    some = left_rows >= TILE_ROWS ? TILE_ROWS : left_rows >= 4 ? 4 : left_rows >= 2 ? 2 : 1;
    if (some == TILE_ROWS)
      multiply_tile(left, panel, depth, TILE_ROWS, vectors, to, p->stride, adds, start, p->scale, after);
    else if (some == 4) multiply_tile(left, panel, depth, 4, vectors, to, p->stride, adds, start, p->scale, after);
    else if (some == 2) multiply_tile(left, panel, depth, 2, vectors, to, p->stride, adds, start, p->scale, after);
    else multiply_tile(left, panel, depth, 1, vectors, to, p->stride, adds, start, p->scale, after);
  }
}

/* `panel` has room for PANEL_FLOATS. */
static void multiply(vec *panel, const product p) {
  const int32_t vectors = vectors_for(p.columns);
  for (int32_t k = 0; k < p.depth; k += MOST_DEPTH) {
    const int32_t depth = p.depth - k < MOST_DEPTH ? p.depth - k : MOST_DEPTH;
    const matrix right = {p.right.at + k * p.right.row, p.right.row, p.right.column};
    int32_t v = 0;
    for (; v + TILE_VECTORS <= vectors; v += TILE_VECTORS) {
      pack(right, v * LANES, p.columns, depth, TILE_VECTORS, panel);
      multiply_panel(&p, panel, k, depth, v, TILE_VECTORS);
    }
    for (; v < vectors; v++) {
      pack(right, v * LANES, p.columns, depth, 1, panel);
      multiply_panel(&p, panel, k, depth, v, 1);
    }
  }
}

#endif
