/*
 * Threads that share a job. Each spins for a while between jobs, because the next one mostly comes within microseconds
 * and waking a thread takes longer; then it sleeps.
 */
#ifndef TEAM_H
#define TEAM_H

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>

/* Spinning this often takes about a tenth of a millisecond. */
#define LOOKS 20000

/* LEAST_EXAMPLES: a thread with fewer costs more than it saves. The kernel's file defines it before it includes this. */

#if defined(__x86_64__) || defined(__i386__)
#define PAUSE() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define PAUSE() __asm__ volatile("yield")
#else
#define PAUSE() ((void)0)
#endif

typedef void work(void *context, int32_t thread);

typedef struct team team;

/* On a cache line of its own, so that writing it disturbs no other. */
typedef struct {
  _Alignas(64) _Atomic uint32_t done; /* the last job that this thread did */
  pthread_t thread;
  team *team;
  int32_t number;
} member;

struct team {
  _Alignas(64) _Atomic uint32_t job; /* number of the current one */
  _Atomic int32_t sleepers;
  work *work; /* NULL: end */
  void *context;
  int32_t active, threads;
  int32_t processor; /* of the caller when the others started; negative: unknown */
  pthread_mutex_t lock;
  pthread_cond_t wake;
  member members[]; /* (threads) the first is the caller */
};

/*
 * Moves a member to another processor than the caller's. The system may start it on that one, and then leaves both there
 * for many milliseconds, each spinning while it waits for the other. Afterwards it may run where it might before.
 */
static void move_apart(const member *own) {
#ifdef __linux__
  cpu_set_t all, one;
  if (own->team->processor < 0 || sched_getaffinity(0, sizeof all, &all) || CPU_COUNT(&all) < 2) return;
  int32_t before = (own->number - 1) % (CPU_COUNT(&all) - 1);
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (!CPU_ISSET(cpu, &all) || cpu == own->team->processor || before-- > 0) continue;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    if (sched_setaffinity(0, sizeof one, &one) == 0) sched_setaffinity(0, sizeof all, &all);
    return;
  }
#else
  (void)own;
#endif
}

static void *be_member(void *of) {
  member *own = of;
  team *t = own->team;
  uint32_t last = 0;
  move_apart(own);
  for (;;) {
    for (int32_t look = 0; look < LOOKS && atomic_load_explicit(&t->job, memory_order_acquire) == last; look++) PAUSE();
    if (atomic_load(&t->job) == last) {
      pthread_mutex_lock(&t->lock);
      atomic_fetch_add(&t->sleepers, 1); /* before it looks again: one side sees the other */
      while (atomic_load(&t->job) == last) pthread_cond_wait(&t->wake, &t->lock);
      atomic_fetch_sub(&t->sleepers, 1);
      pthread_mutex_unlock(&t->lock);
    }
    last = atomic_load(&t->job);
    if (!t->work) return NULL;
    if (own->number < t->active) t->work(t->context, own->number);
    atomic_store_explicit(&own->done, last, memory_order_release);
  }
}

static void begin(team *t, work *job, void *context, int32_t active) {
  t->work = job;
  t->context = context;
  t->active = active;
  atomic_fetch_add(&t->job, 1);
  if (atomic_load(&t->sleepers) == 0) return;
  pthread_mutex_lock(&t->lock);
  pthread_cond_broadcast(&t->wake);
  pthread_mutex_unlock(&t->lock);
}

/* Calls job(context, 0), …, job(context, active − 1), each in a thread of its own, and waits for all. */
static void run_on_team(team *t, work *job, void *context, int32_t active) {
  if (active == 1) {
    job(context, 0);
    return;
  }
  begin(t, job, context, active);
  job(context, 0);
  const uint32_t number = atomic_load(&t->job);
  for (int32_t m = 1; m < t->threads; m++)
    for (int32_t look = 0; atomic_load_explicit(&t->members[m].done, memory_order_acquire) != number; look++) {
      if (look < LOOKS) PAUSE();
      else sched_yield();
    }
}

static void stop_team(team *t) {
  begin(t, NULL, NULL, 0);
  for (int32_t m = 1; m < t->threads; m++) pthread_join(t->members[m].thread, NULL);
  pthread_mutex_destroy(&t->lock);
  pthread_cond_destroy(&t->wake);
  free(t);
}

/* NULL if memory lacks or a thread cannot start. */
static team *start_team(int32_t threads) {
  const size_t bytes = (sizeof(team) + threads * sizeof(member) + 63) / 64 * 64;
  team *t = aligned_alloc(64, bytes);
  if (!t) return NULL;
  *t = (team){.threads = 1, .processor = -1};
#ifdef __linux__
  t->processor = sched_getcpu();
#endif
  pthread_mutex_init(&t->lock, NULL);
  pthread_cond_init(&t->wake, NULL);
  sigset_t all, before; /* signals are for the threads of the runtime */
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int failed = 0;
  for (int32_t m = 1; m < threads && !failed; m++) {
    t->members[m] = (member){.team = t, .number = m};
    failed = pthread_create(&t->members[m].thread, NULL, be_member, &t->members[m]);
    if (!failed) t->threads++;
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (!failed) return t;
  stop_team(t);
  return NULL;
}

/* How many of the threads a minibatch can use. */
int32_t threads_for(int32_t examples, int32_t most) {
  const int32_t useful = examples / LEAST_EXAMPLES;
  return useful < 1 ? 1 : useful < most ? useful : most;
}

/* Example `part` / `parts` of the minibatch. */
static inline int32_t cut(int32_t count, int32_t part, int32_t parts) { return (int32_t)((int64_t)count * part / parts); }

#endif
