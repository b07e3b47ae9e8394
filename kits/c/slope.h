/*
 * A native plug-in: a library with these functions. Slope opens it in Deno and Bun.
 *
 *   slope verify --plugin mine.c           compiled by cc -O3 -march=native
 *   slope verify --plugin libmine.so       from any language with C functions: Rust, Zig, Fortran
 */
#ifndef SLOPE_H
#define SLOPE_H

#include <stdint.h>

#define SLOPE_VERSION "0.2.0"

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

/*
 * Optional: 1 if slope_gradient can use several threads, as many as `threads` says; then it is timed with each number
 * of them that --threads names. OMP_NUM_THREADS has the same number.
 */
int32_t slope_threads(void);

/*
 * Optional: what slope_gradient takes time for, measured by itself while `slope profile` asks for it. `start` 1 begins,
 * 0 ends: then it writes the name of each phase, ended by 0, into 32 bytes of `names`, and its ns into `times`, and
 * returns how many there are, at most 16.
 *
 * In C, define SLOPE_PHASES before this header is included, and call slope_phase("forward") where a phase begins.
 * Otherwise a call costs the test of a flag. One thread only.
 */
int32_t slope_phases(int32_t start, char *names, double *times);

#ifdef SLOPE_PHASES
#include <string.h>
#include <time.h>

enum { SLOPE_MOST_PHASES = 16, SLOPE_PHASE_NAME = 32 };
static struct {
  const char *names[SLOPE_MOST_PHASES];
  double ns[SLOPE_MOST_PHASES];
  int32_t on, count, current;
  struct timespec since;
} slope_meter;

/* Names are compared by address first: pass the same literal. */
static inline void slope_phase(const char *name) {
  if (!slope_meter.on) return;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (slope_meter.current >= 0) {
    slope_meter.ns[slope_meter.current] +=
        (now.tv_sec - slope_meter.since.tv_sec) * 1e9 + (now.tv_nsec - slope_meter.since.tv_nsec);
  }
  slope_meter.since = now;
  for (int32_t i = 0; i < slope_meter.count; i++) {
    if (slope_meter.names[i] == name || strcmp(slope_meter.names[i], name) == 0) {
      slope_meter.current = i;
      return;
    }
  }
  if (slope_meter.count == SLOPE_MOST_PHASES) return; /* its time goes to the phase before */
  slope_meter.current = slope_meter.count;
  slope_meter.ns[slope_meter.count] = 0;
  slope_meter.names[slope_meter.count++] = name;
}

int32_t slope_phases(int32_t start, char *names, double *times) {
  if (start) {
    slope_meter.on = 1;
    slope_meter.current = -1;
    memset(slope_meter.ns, 0, sizeof slope_meter.ns);
    return 0;
  }
  if (slope_meter.current >= 0) slope_phase(slope_meter.names[slope_meter.current]);
  slope_meter.on = 0;
  for (int32_t i = 0; i < slope_meter.count; i++) {
    strncpy(names + i * SLOPE_PHASE_NAME, slope_meter.names[i], SLOPE_PHASE_NAME - 1);
    names[(i + 1) * SLOPE_PHASE_NAME - 1] = 0;
    times[i] = slope_meter.ns[i];
  }
  return slope_meter.count;
}
#endif

#ifdef __cplusplus
}
#endif
#endif
