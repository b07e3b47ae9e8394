/** Cheats in Python and C: their file in tests/red_team/, and what the reason of a trial must say. */
export const CHEATS: Readonly<Record<string, RegExp>> = {
  "python/half_rows.py": /wrong in a timed step.*it leaves out 5 of the 10 rows/,
  "python/remembers.py": /wrong in a timed step/,
  "python/float16_inside.py": /wrong gradient: .*is a float16 number, but float32 is declared/,
  "python/wrong_update.py": /wrong in a timed step/,
  "python/skips_steps.py": /wrong in a timed step/,
  "python/skips_long_epochs.py":
    /wrong in a timed step: \d+ steps at once lead elsewhere than steps 1 to/,
  "python/works_between_samples.py": /wrong in a timed step/,
  "python/silent_copy.py": /wrong gradient: it changed the parameters/,
  "python/late_thread.py": /wrong in a timed step/,
  "python/blanks_pixels.py": /open: .*read-only.*\(blanks_pixels\.py:8: problem\.pixels\[:\] = 0\)/,
  "c/half_rows.c": /wrong in a timed step.*it leaves out \d of the \d+ rows/,
  "c/remembers.c": /wrong in a timed step/,
  "c/late_thread.c": /wrong in a timed step/,
  "c/wrong_update.c": /it changed the parameters|wrong in a timed step/,
  "c/silent_copy.c": /wrong gradient: .*float32, but float64 is declared/,
  "c/blanks_pixels.c": /it changed the pixels/,
};

/** Honest programs of every kind, as paths in the project. */
export const HONEST: readonly string[] = [
  "tests/red_team/honest.ts",
  "examples/lists.ts",
  "tests/red_team/python/honest.py",
  "tests/red_team/python/own_loop.py",
  "tests/red_team/python/slow_clock.py", // it deceives itself alone: Slope's clock is in another process
  "examples/question/fixed.py",
  "kits/templates/my_gradient.c",
  "examples/perl/mine.pl",
];

/** What a program computes with, if not with float64. */
export const PRECISIONS: Readonly<Record<string, "float32">> = {
  "python/float16_inside.py": "float32",
};
