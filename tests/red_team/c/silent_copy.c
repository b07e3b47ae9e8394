/* Computes on a copy of the parameters in single precision, and declares double. */
#include "honest.h"

double slope_gradient(const void *parameters, const uint32_t *rows, int32_t count, void *gradient) {
  static double *copy;
  if (copy == NULL) copy = malloc(parameter_count * sizeof(double));
  for (int p = 0; p < parameter_count; p++) copy[p] = (float)((const double *)parameters)[p];
  const double loss = work(copy, rows, count, gradient);
  double *g = gradient;
  for (int p = 0; p < parameter_count; p++) g[p] = (float)g[p];
  return loss;
}
