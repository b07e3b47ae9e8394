/*
 * The gradient of a network of sigmoid layers with quadratic loss. It is right: change it, and ask
 *
 *   slope diagnose my_gradient.c     what is wrong, and why does it not learn?
 *   slope bench --quick              how fast is it, beside others?
 */
#define SLOPE_PHASES
#include "slope.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const slope_problem *problem;
static const uint8_t *pixels, *labels;
static int parameter_count;
/* (sum of all widths) activations of one example, layer by layer, and the errors that are passed back. */
static double *activations, *errors;

int32_t slope_precision(void) { return 64; }

int32_t slope_open(const slope_problem *given, const uint8_t *given_pixels, const uint8_t *given_labels) {
  if (given->activation != SLOPE_SIGMOID || given->loss != SLOPE_SIGMOID_QUADRATIC) return 1;
  problem = given, pixels = given_pixels, labels = given_labels;
  int units = given->sizes[0];
  parameter_count = 0;
  for (int l = 1; l < given->layers; l++) {
    units += given->sizes[l];
    parameter_count += given->sizes[l] * (given->sizes[l - 1] + 1);
  }
  activations = malloc(units * sizeof *activations);
  errors = malloc(units * sizeof *errors);
  return activations == NULL || errors == NULL ? 2 : 0;
}

static double add_example(const double *parameters, uint32_t row, double share, double *gradient) {
  const int32_t *sizes = problem->sizes;
  const int last = problem->layers - 1;
  slope_phase("forward");
  double *a = activations;
  for (int i = 0; i < sizes[0]; i++) a[i] = pixels[(size_t)row * sizes[0] + i] / 255.0;
  const double *w = parameters;
  for (int l = 0; l < last; l++) {
    const int in = sizes[l], out = sizes[l + 1];
    for (int o = 0; o < out; o++) {
      double z = w[out * in + o];
      for (int i = 0; i < in; i++) z += w[o * in + i] * a[i];
      a[in + o] = 1 / (1 + exp(-z));
    }
    w += out * (in + 1), a += in;
  }
  double loss = 0;
  double *error = errors + (a - activations);
  for (int k = 0; k < sizes[last]; k++) {
    error[k] = a[k] - (k == labels[row]);
    loss += 0.5 * error[k] * error[k];
  }
  slope_phase("backward");
  double *g = gradient + (w - parameters);
  for (int l = last - 1; l >= 0; l--) {
    const int in = sizes[l], out = sizes[l + 1];
    w -= out * (in + 1), g -= out * (in + 1);
    double *below = error - in;
    memset(below, 0, in * sizeof *below);
    for (int o = 0; o < out; o++) {
      const double delta = error[o] * a[o] * (1 - a[o]);
      g[out * in + o] += share * delta;
      for (int i = 0; i < in; i++) {
        g[o * in + i] += share * delta * a[i - in];
        below[i] += delta * w[o * in + i];
      }
    }
    a -= in, error = below;
  }
  return loss;
}

double slope_gradient(const void *parameters, const uint32_t *rows, int32_t count, void *gradient) {
  memset(gradient, 0, parameter_count * sizeof(double));
  double loss = 0;
  for (int n = 0; n < count; n++) loss += add_example(parameters, rows[n], 1.0 / count, gradient);
  return loss / count;
}
