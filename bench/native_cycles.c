/*
 * Where the cycles of a step of native_sparse go, one thread. It takes the kernel's own steps part by part, reads the time
 * in between, and prints JSON: what each part takes for an example, what the same code takes where all that it reads is in
 * the first cache, and what a bare loop of a load, a multiply-add and a store takes.
 *
 * Arguments: a file of pixels, a file of labels, how many examples, B, epochs, then the widths of the layers.
 */
#include "../src/gradients/native/sparse.c"
#include <stdio.h>

enum { PREPARE, FORWARD, ABOVE, BACKWARD, FINISH, PARTS };
static const char *const NAMES[PARTS] = {"prepare", "forward", "above", "backward", "finish"};

#define RATE 1.0f
/* Examples whose rows of weights fit the first cache together with their lists. */
#define CACHED 4
/* Additions of the loop that counts cycles; rows of bare loops, 32 kB. */
#define ADDITIONS 400000
#define BARE_ROWS 512
#define REPEATS 15
#define MOST_EPOCHS 101

/* Waits for what was begun, so that a part is not counted in the next one. */
static uint64_t ticks(void) {
#if defined(__x86_64__)
  unsigned int processor;
  return __builtin_ia32_rdtscp(&processor);
#else
  struct timespec time;
  __asm__ volatile("" : : : "memory");
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + time.tv_nsec;
#endif
}

/* The least of what is measured counts, everywhere: another process may have interrupted the others. */
static double least_of(const double *values, int32_t count) {
  double least = values[0];
  for (int32_t i = 1; i < count; i++) if (values[i] < least) least = values[i];
  return least;
}

/* Each addition waits for the one before, which takes a cycle; the quickest of some repeats was not interrupted. */
static double cycles_per_tick(void) {
  double best = 0;
  for (int32_t repeat = 0; repeat < REPEATS; repeat++) {
    uint64_t sum = 1, addend = 3;
    __asm__ volatile("" : "+r"(addend));
    const uint64_t start = ticks();
    for (int32_t i = 0; i < ADDITIONS / 8; i++)
      for (int32_t j = 0; j < 8; j++) {
        sum += addend;
        __asm__ volatile("" : "+r"(sum));
      }
    const double rate = (double)ADDITIONS / (double)(ticks() - start);
    if (rate > best) best = rate;
  }
  return best;
}

/* Of reading the clock. */
static double ticks_per_look(void) {
  double best = HUGE_VAL;
  for (int32_t repeat = 0; repeat < 1000; repeat++) {
    const uint64_t start = ticks();
    const double taken = (double)(ticks() - start);
    if (taken < best) best = taken;
  }
  return best;
}

/* A step as minibatch() and do_alone() take it, which adds the ticks of each part to `spent`. */
static void timed_step(kernel *k, const uint32_t *rows, int32_t count, int32_t following, double look, double *spent) {
  part *own = &k->parts[0];
  uint64_t before = ticks(), after;
#define LAP(of) (after = ticks(), spent[of] += (double)(after - before) - look, before = after)
  begin_minibatch(k, rows, count, count, following, 1, RATE);
  LAP(PREPARE);
  for (int32_t n = 0; n < count && n < AHEAD; n++) prefetch_pixels(&k->lists, rows[n]);
  for (int32_t n = 0; n < count; n += k->together) {
    const int32_t examples = least(k->together, count - n);
    forward_first_layer(k, own, n, examples, count + following);
    LAP(FORWARD);
    own->loss += do_layers_above(k, own, n, examples);
    LAP(ABOVE);
    backward_first_layer(k, own, n, examples);
    LAP(BACKWARD);
  }
  finish_first_layer(k, 0, 1, 0, k->net.layers[0].inputs);
  finish_later_layers(k, 1);
  LAP(FINISH);
}

static void shuffle(uint32_t *rows, int32_t count, uint64_t *state) {
  for (int32_t n = count - 1; n > 0; n--) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    const int32_t other = (int32_t)((*state >> 33) % (uint64_t)(n + 1));
    const uint32_t row = rows[n];
    rows[n] = rows[other];
    rows[other] = row;
  }
}

/* The ticks for a pixel of a part, again and again for the same examples, where everything is in the first cache. */
static double cached(kernel *k, const uint32_t *rows, int32_t count, int of) {
  const uint32_t *starts = k->lists.starts;
  double pixels = 0, best = HUGE_VAL;
  for (int32_t e = 0; e < CACHED; e++) pixels += starts[rows[e] + 1] - starts[rows[e]];
  /* As for a minibatch of `count`, by a step of rate 0, so that nothing changes. */
  begin_minibatch(k, rows, count, count, 0, 1, 0);
  for (int32_t repeat = 0; repeat < 40 * REPEATS; repeat++) {
    const uint64_t start = ticks();
    for (int32_t turn = 0; turn < 50; turn++) {
      if (of == FORWARD) forward_first_layer(k, &k->parts[0], 0, CACHED, 0);
      else backward_first_layer(k, &k->parts[0], 0, CACHED);
    }
    const double taken = (double)(ticks() - start) / (50 * pixels);
    if (taken < best) best = taken;
  }
  finish_first_layer(k, 0, 1, 0, k->net.layers[0].inputs);
  finish_later_layers(k, 1);
  return best;
}

/* The ticks for a vector in the first cache: load, multiply-add and store. */
INLINE double bare(vec *vectors) {
  double best = HUGE_VAL;
  vec x = splat(1e-3f), d = splat(0);
  __asm__ volatile("" : "+m"(x), "+m"(d));
  for (int32_t repeat = 0; repeat < 40 * REPEATS; repeat++) {
    const uint64_t start = ticks();
    uint32_t at = 0;
    for (int32_t i = 0; i < 4000; i += 4, at += 20) { /* every fifth, not the next one */
      vec *first = vectors + at % BARE_ROWS, *second = vectors + (at + 5) % BARE_ROWS;
      vec *third = vectors + (at + 10) % BARE_ROWS, *fourth = vectors + (at + 15) % BARE_ROWS;
      *first += x * d;
      *second += x * d;
      *third += x * d;
      *fourth += x * d;
      __asm__ volatile("" : "+m"(d)); /* so that x · d is computed each time */
    }
    const double taken = (double)(ticks() - start) / 4000;
    if (taken < best) best = taken;
  }
  return best;
}

/* The ticks for an example's list where nothing else is done: what memory and caches deliver. */
static double lists_alone(const kernel *k, const uint32_t *rows, int32_t count) {
  uint32_t sum = 0;
  const uint64_t start = ticks();
  for (int32_t n = 0; n < count; n++) {
    if (n + AHEAD < count) prefetch_pixels(&k->lists, rows[n + AHEAD]);
    const uint32_t begin = k->lists.starts[rows[n]], end = k->lists.starts[rows[n] + 1];
    for (uint32_t i = begin; i < end; i += 32) sum += k->lists.indices[i];
    for (uint32_t i = begin; i < end; i += 64) sum += k->lists.values[i];
  }
  __asm__ volatile("" : "+r"(sum));
  return (double)(ticks() - start) / count;
}

static void *read_file(const char *path, int64_t bytes) {
  FILE *file = fopen(path, "rb");
  void *all = malloc(bytes);
  if (!file || !all || fread(all, 1, bytes, file) != (size_t)bytes) {
    fprintf(stderr, "Cannot read %lld bytes of %s\n", (long long)bytes, path);
    exit(1);
  }
  fclose(file);
  return all;
}

static void start_again(kernel *k) {
  uint32_t state = 1;
  float *parameters = (float *)k->net.parameters;
  for (int64_t p = 0; p < k->net.length * LANES; p++) {
    state = state * 1664525u + 1013904223u;
    parameters[p] = ((float)(state >> 8) / (1 << 24) - 0.5f) * 0.2f;
  }
}

int main(int count, char **argument) {
  if (count < 8) return 2;
  const int32_t examples = atoi(argument[3]), batch = atoi(argument[4]), epochs = least(atoi(argument[5]), MOST_EPOCHS);
  const int32_t widths = count - 6;
  int32_t problem[7 + MOST_LAYERS + 1] = {examples, 1, batch, SIGMOID, SIGMOID_QUADRATIC, 0, widths};
  for (int32_t l = 0; l < widths; l++) problem[7 + l] = atoi(argument[6 + l]);
  const int32_t inputs = problem[INPUTS];
  uint8_t *pixels = read_file(argument[1], (int64_t)examples * inputs), *labels = read_file(argument[2], examples);
  pixel_lists *lists = new_lists(examples);
  if (!lists || extend_lists(lists, pixels, examples, inputs) != 1) return 1;
  free(pixels);

  network sizes;
  describe_network(&sizes, problem, labels, NULL, NULL);
  const int64_t bytes = sizes.length * sizeof(vec);
  vec *parameters = zeroed(bytes), *gradient = zeroed(bytes), *expected = zeroed(bytes);
  kernel *k = open_kernel(problem, NULL, lists, labels, parameters, gradient);
  uint32_t *rows = malloc(examples * sizeof *rows);
  if (!k || !rows) return 1;
  for (int32_t n = 0; n < examples; n++) rows[n] = n;
  uint64_t state = 7;
  shuffle(rows, examples, &state);

  const double look = ticks_per_look();
  double of_part[PARTS][MOST_EPOCHS], whole[MOST_EPOCHS], of_lists[MOST_EPOCHS];
  double per_tick = 0;
  for (int32_t epoch = 0; epoch < epochs; epoch++) {
    double spent[PARTS] = {0};
    per_tick = fmax(per_tick, cycles_per_tick());
    start_again(k);
    const uint64_t start = ticks();
    for (int32_t n = 0; n < examples; n += batch) {
      const int32_t some = least(batch, examples - n);
      step(k, rows + n, some, least(AHEAD, examples - n - some), RATE);
    }
    whole[epoch] = (double)(ticks() - start) / examples;
    memcpy(expected, parameters, bytes);
    start_again(k);
    for (int32_t n = 0; n < examples; n += batch) {
      const int32_t some = least(batch, examples - n);
      timed_step(k, rows + n, some, least(AHEAD, examples - n - some), look, spent);
    }
    if (memcmp(expected, parameters, bytes) != 0) {
      fprintf(stderr, "Cannot count cycles: the parts of a step lead elsewhere than the step\n");
      return 1;
    }
    for (int p = 0; p < PARTS; p++) of_part[p][epoch] = spent[p] / examples;
    of_lists[epoch] = lists_alone(k, rows, examples);
    shuffle(rows, examples, &state);
  }
  const double in_cache[2] = {cached(k, rows, batch, FORWARD), cached(k, rows, batch, BACKWARD)};
  vec *bare_rows = zeroed(BARE_ROWS * sizeof(vec));
  printf("{\"pixels\": %.2f, \"vectors\": %d, \"together\": %d, \"direct\": %s, \"marks\": %s, \"whole\": %.1f",
         (double)k->lists.starts[examples] / examples, k->net.layers[0].vectors, k->together,
         k->is_direct ? "true" : "false", k->marks ? "true" : "false", per_tick * least_of(whole, epochs));
  for (int p = 0; p < PARTS; p++) printf(", \"%s\": %.1f", NAMES[p], per_tick * least_of(of_part[p], epochs));
  printf(", \"lists\": %.1f, \"cachedForward\": %.2f, \"cachedBackward\": %.2f", per_tick * least_of(of_lists, epochs),
         per_tick * in_cache[0], per_tick * in_cache[1]);
  printf(", \"bareStore\": %.2f", per_tick * bare(bare_rows));
  /* How many ticks a nanosecond has, so that the caller knows the clock rate. */
  const double begin = now();
  const uint64_t from = ticks();
  while (now() - begin < 2e7) {}
  printf(", \"gigahertz\": %.3f}\n", per_tick * (double)(ticks() - from) / (now() - begin));
  close_kernel(k);
  return 0;
}
