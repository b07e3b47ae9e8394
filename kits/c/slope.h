/*
 * A native plug-in: a library with these three functions. Slope opens it in Deno and Bun.
 *
 *   slope verify --plugin mine.c           compiled by cc -O3 -march=native
 *   slope verify --plugin libmine.so       from any language with C functions: Rust, Zig, Fortran
 */
#ifndef SLOPE_H
#define SLOPE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { SLOPE_SIGMOID, SLOPE_TANH, SLOPE_RELU };
enum { SLOPE_SIGMOID_QUADRATIC, SLOPE_SOFTMAX_CROSS_ENTROPY };

/* What slope_open is called for: numbers, in this order; then as many widths as `layers` says, the pixels' first. */
typedef struct {
  int32_t examples;         /* m */
  int32_t batch_size;       /* of the largest minibatch */
  int32_t threads;          /* that it may use */
  int32_t activation;       /* of the hidden layers: SLOPE_SIGMOID, … */
  int32_t loss;             /* SLOPE_SIGMOID_QUADRATIC: mean of ½‖a − y‖², … */
  int32_t layers;           /* number of widths */
  int32_t sizes[];          /* [784, 16, 16, 10] */
} slope_problem;

/* 32 if parameters and gradient are float, 64 if they are double. */
int32_t slope_precision(void);

/*
 * Sets up for one problem. pixels: (examples, sizes[0]) bytes, which enter the network as byte / 255; labels: (examples)
 * bytes. All three stay where they are until the process ends. Returns 0, or a number of its own if it cannot.
 */
int32_t slope_open(const slope_problem *problem, const uint8_t *pixels, const uint8_t *labels);

/*
 * Writes the gradient of the mean loss over `count` rows, and returns that loss. parameters and gradient: float or
 * double, layer by layer the weights, row by row as [out][in], then the biases [out].
 */
double slope_gradient(const void *parameters, const uint32_t *rows, int32_t count, void *gradient);

#ifdef __cplusplus
}
#endif
#endif
