/*
 * Loops that show what native code can do on this machine at best: multiply-adds in registers, and reads of a buffer
 * that was read before. Several threads run them at the same time, each on its own part of the buffer. A repeat takes
 * about a millisecond, which is seldom interrupted; the best one counts, of each thread.
 */
#include "vectors.h"
#include <time.h>

#define LEAST_EXAMPLES 1
#include "team.h"

/* Independent chains: more than a multiply-add takes cycles, times how many begin in one; they fit the registers. */
#if defined(__AVX512F__)
#define CHAINS 16
#else
#define CHAINS 6
#endif
/* Vectors that the read loop loads in a row. */
#define LOADS 16
#define REPEAT_NS 1e6

typedef struct loops loops;

struct loops {
  int32_t threads;
  int64_t vectors; /* of a thread's part of the buffer */
  vec *buffer;
  team *team;
  float *results; /* (threads) so that no compiler leaves the loops out */
  double *rates;  /* (threads) times per ns */
  /* The job: */
  void (*loop)(const loops *own, int32_t thread, int64_t times);
  double for_ns;
};

static void multiply_adds(const loops *own, int32_t thread, int64_t times) {
  vec x[CHAINS];
  for (int c = 0; c < CHAINS; c++) x[c] = splat((float)(c + thread));
  const vec m = splat(0.999f), a = splat(0.001f);
  for (int64_t i = 0; i < times; i++)
    for (int c = 0; c < CHAINS; c++) x[c] = x[c] * m + a;
  for (int c = 1; c < CHAINS; c++) x[0] += x[c];
  own->results[thread] = ((float *)x)[0];
}

static void reads(const loops *own, int32_t thread, int64_t times) {
  const vec *from = own->buffer + own->vectors * thread;
  vec sum[LOADS];
  for (int c = 0; c < LOADS; c++) sum[c] = splat(0);
  for (int64_t i = 0; i < times; i++) {
    for (int64_t at = 0; at < own->vectors; at += LOADS)
      for (int c = 0; c < LOADS; c++) sum[c] += from[at + c];
    __asm__ volatile("" : : : "memory"); /* so that it reads again */
  }
  for (int c = 1; c < LOADS; c++) sum[0] += sum[c];
  own->results[thread] = ((float *)sum)[0];
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

static void find_best(void *context, int32_t thread) {
  const loops *own = context;
  const double end = now() + own->for_ns;
  double best = 0;
  for (int64_t times = 1; now() < end || best == 0;) {
    const double start = now();
    own->loop(own, thread, times);
    const double ns = now() - start;
    if (ns > 0 && times / ns > best) best = times / ns;
    if (ns < REPEAT_NS / 2) times *= 2;
  }
  own->rates[thread] = best;
}

static double rate_of(loops *own, void (*loop)(const loops *, int32_t, int64_t), double each, int32_t for_ms) {
  own->loop = loop;
  own->for_ns = for_ms * 1e6;
  run_on_team(own->team, find_best, own, own->threads);
  double sum = 0;
  for (int32_t t = 0; t < own->threads; t++) sum += own->rates[t];
  return sum * each * 1e9;
}

/* FLOP/s of all threads together. */
double rate_of_arithmetic(loops *own, int32_t for_ms) {
  return rate_of(own, multiply_adds, 2 * CHAINS * LANES, for_ms);
}

/* Bytes/s of all threads together. */
double rate_of_reads(loops *own, int32_t for_ms) {
  return rate_of(own, reads, (double)own->vectors * sizeof(vec), for_ms);
}

void close_loops(loops *own) {
  if (own->team) stop_team(own->team);
  free(own->buffer);
  free(own->results);
  free(own->rates);
  free(own);
}

/* NULL if memory or threads lack. */
loops *open_loops(int32_t threads, int32_t bytes) {
  loops *own = calloc(1, sizeof *own);
  if (!own) return NULL;
  own->threads = threads;
  own->vectors = bytes / threads / (int64_t)sizeof(vec) / LOADS * LOADS;
  own->buffer = zeroed(own->vectors * threads * sizeof(vec));
  own->results = calloc(threads, sizeof *own->results);
  own->rates = calloc(threads, sizeof *own->rates);
  if (own->buffer && own->results && own->rates) own->team = start_team(threads);
  if (own->team) return own;
  close_loops(own);
  return NULL;
}
