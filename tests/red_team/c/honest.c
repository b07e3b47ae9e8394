#include "honest.h"

double slope_gradient(const void *parameters, const uint32_t *rows, int32_t count, void *gradient) {
  return work(parameters, rows, count, gradient);
}
