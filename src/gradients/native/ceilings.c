/*
 * Loops that show what native code can do on this machine at best: multiply-adds in registers, and reads of a buffer
 * that was read before. Several threads run them at the same time, each on its own part of the buffer. A repeat takes
 * about a millisecond, which is seldom interrupted; the best one counts, of each thread. A thread that is done goes on
 * until all are, so that no other has the caches and the clock rate for itself.
 */
#include "vectors.h"
#include <sched.h>
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
/* On a busy machine, waiting for CPU time ends after this many times the budget. */
#define MOST_WAITING 20
/* Repeats of full length that there must be; shorter ones show the clock as well. */
#define LEAST_REPEATS 3

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
  _Atomic int32_t begun, done; /* threads */
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

static double clock_ns(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

static void find_best(void *context, int32_t thread) {
  loops *own = context;
  atomic_fetch_add(&own->begun, 1);
  while (atomic_load(&own->begun) < own->threads) sched_yield();
  /* The budget is of CPU time: a thread that waits for a processor does not measure. */
  const double end = clock_ns(CLOCK_THREAD_CPUTIME_ID) + own->for_ns;
  const double last = clock_ns(CLOCK_MONOTONIC) + MOST_WAITING * own->for_ns;
  double best = 0;
  int32_t repeats = 0;
  int64_t times = 1;
  while (clock_ns(CLOCK_THREAD_CPUTIME_ID) < end || repeats < LEAST_REPEATS) {
    const double start = clock_ns(CLOCK_MONOTONIC), cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    own->loop(own, thread, times);
    const double ns = clock_ns(CLOCK_MONOTONIC) - start;
    if (clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu < REPEAT_NS / 2) {
      times *= 2;
    } else {
      repeats++;
      if (times / ns > best) best = times / ns;
    }
    if (start > last) break;
  }
  own->rates[thread] = best;
  atomic_fetch_add(&own->done, 1);
  while (atomic_load(&own->done) < own->threads) own->loop(own, thread, times);
}

static double rate_of(loops *own, void (*loop)(const loops *, int32_t, int64_t), double each, int32_t for_ms) {
  own->loop = loop;
  own->for_ns = for_ms * 1e6;
  own->begun = own->done = 0;
  run_on_team(own->team, find_best, own, own->threads);
  double sum = 0;
  for (int32_t t = 0; t < own->threads; t++) {
    if (own->rates[t] == 0) return 0;
    sum += own->rates[t];
  }
  return sum * each * 1e9;
}

/* FLOP/s of all threads together; 0 where one of them had too little of a processor. */
double rate_of_arithmetic(loops *own, int32_t for_ms) {
  return rate_of(own, multiply_adds, 2 * CHAINS * LANES, for_ms);
}

/* Bytes/s, likewise. */
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
