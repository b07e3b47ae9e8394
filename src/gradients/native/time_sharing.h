/*
 * Whether threads of sparse.c share the pixels of short minibatches: measured when a kernel is opened.
 */
#ifndef TIME_SHARING_H
#define TIME_SHARING_H

#include "pixel_rows.h"

#include <time.h>

/* Series of either kind that show that sharing pays, those that show that it does not, and the most steps of one. */
#define TURNS 12
#define MOST_TURNS 36
#define SERIES 32
/* Sharing pays where it takes less than this part of the time. */
#define WORTH_SHARING 0.95
/* Timing ends after so long, with at least so many series of either kind. */
#define TIMING_NS 30e6
#define LEAST_TURNS 3

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

/* Takes the time of `steps` minibatches in a row, each of other rows, by steps of rate 0; rows: (steps + 1, count). */
static double time_series(kernel *k, const uint32_t *rows, int32_t count, int32_t steps) {
  double start = 0;
  for (int32_t n = 0; n <= steps; n++) {
    /* The first one fetches the weights from the processor that wrote them last, as no later one must. */
    if (n == 1) start = now();
    /* Not by step(): the C library has a function of that name, too. */
    minibatch(k, rows + (int64_t)n * count, count, count, (steps - n) * count, 1, 0);
  }
  return (now() - start) / steps;
}

/*
 * Whether threads that share the pixels are faster than one: that depends on how long the processors take to hand over
 * a cache line. Both are timed here, in turns, as an epoch uses them: many minibatches in a row, of rows that are not
 * in the cache yet. Another process may keep a processor busy meanwhile, so that sharing gets more turns to show that it
 * pays than not. Returns 0 if memory lacks.
 */
static int time_sharing(kernel *k, uint32_t examples, int32_t count, int always) {
  uint32_t *rows = malloc((int64_t)(SERIES + 1) * count * sizeof *rows);
  if (!rows) return 0;
  double best[2] = {HUGE_VAL, HUGE_VAL};
  int32_t steps = 1;
  uint64_t drawn = 0;
  const double begin = now();
  for (int32_t turn = 0; turn < MOST_TURNS && !always; turn++) {
    if (turn >= TURNS && best[1] < WORTH_SHARING * best[0]) break;
    if (turn >= LEAST_TURNS && now() - begin > TIMING_NS) break;
    for (int shared = 0; shared < 2; shared++) {
      for (int32_t n = 0; n < (steps + 1) * count; n++) rows[n] = (uint32_t)(drawn++ * 7919 % examples);
      k->least_shared = shared ? 0 : INT32_MAX;
      const double ns = time_series(k, rows, count, steps);
      if (ns < best[shared]) best[shared] = ns;
    }
    /* The first turn only tells how long a series may be. */
    if (turn > 0) continue;
    steps = (int32_t)fmax(1, fmin(SERIES, TIMING_NS / (4 * LEAST_TURNS * (best[0] + best[1]))));
    best[0] = best[1] = HUGE_VAL;
  }
  k->least_shared = always || best[1] < WORTH_SHARING * best[0] ? (count + 1) / 2 : INT32_MAX;
  free(rows);
  return 1;
}

#endif
