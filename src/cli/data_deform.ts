import { type InferValue, merge, message, object, optional } from "@optique/core";
import { withDefault } from "@optique/core/modifiers";
import { flag, option } from "@optique/core/primitives";
import { integer, string } from "@optique/core/valueparser";
import { monotonicNs } from "../base/clock.ts";
import { InputError } from "../base/errors.ts";
import type { Terminal } from "../base/terminal.ts";
import { makeDeformed, MOST_EXAMPLES } from "../data/deform/make_deformed.ts";
import { availableCores } from "../machine/host.ts";
import { counted, formatBytes, formatCount, formatDuration } from "../report/numbers.ts";
import { wrap } from "../base/wrap.ts";
import { action, dataOptions, formatOption, loadData } from "./options.ts";
import { print } from "./output.ts";
import { subset } from "./values.ts";

/** As many as mnist8m has. */
const USUAL_EXAMPLES = 8_100_000;

const deformOptions = object("Deformed digits", {
  examples: withDefault(
    option("--examples", subset("N"), {
      description:
        message`Training examples to make, as 100k or 8.1M (default: 8,100,000, as mnist8m has).`,
    }),
    USUAL_EXAMPLES,
  ),
  from: withDefault(
    option("--from", integer({ min: 0, max: MOST_EXAMPLES, metavar: "N" }), {
      description:
        message`Number of the first example (default: 0); a range has the same bytes wherever it is made.`,
    }),
    0,
  ),
  seed: withDefault(
    option("--seed", integer({ min: 0, metavar: "N" }), {
      description: message`Decides the deformations, with each example's number (default: 1).`,
    }),
    1,
  ),
  out: option("--out", string({ metavar: "DIR" }), {
    description: message`Folder for the four IDX files; creates parent folders.`,
  }),
  jobs: optional(
    option("--jobs", integer({ min: 1, max: 1024, metavar: "N" }), {
      description: message`Threads (default: one for each core). The bytes do not depend on it.`,
    }),
  ),
  force: withDefault(
    flag("--force", { description: message`Replace images and labels that the folder holds.` }),
    false,
  ),
});

type Given =
  & InferValue<typeof deformOptions>
  & InferValue<typeof dataOptions>
  & InferValue<typeof formatOption>;

export const deformCommand = action(
  "deform",
  merge(deformOptions, dataOptions, formatOption),
  {
    brief: message`Make millions of deformed digits from a set, as mnist8m was made from MNIST.`,
    description:
      message`The first examples are the originals. Run again, the command goes on where it was stopped.`,
  },
  deform,
);

async function deform(given: Given, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const { examples, from, seed, out: folder, jobs = availableCores(), force } = given;
  if (!(examples <= MOST_EXAMPLES)) {
    throw new InputError(
      `Cannot use --examples: expected a number up to ${formatCount(MOST_EXAMPLES)}`,
      "an IDX file counts no further; make several sets with --from",
    );
  }
  const data = await loadData(given, terminal, signal);
  const begun = monotonicNs();
  let told = begun;
  const { bytes, made } = await makeDeformed(data, {
    folder,
    examples,
    from,
    seed,
    jobs,
    force,
    signal,
    onProgress(done) {
      const now = monotonicNs();
      if (now - told < TELL_NS) return;
      told = now;
      terminal.note(`${formatCount(done)} of ${counted(examples, "example")} are written.`);
    },
  });
  const ns = monotonicNs() - begun;
  const result = { folder, examples, from, seed, made, bytes };
  const text = made === 0
    ? `${folder} holds these ${counted(examples, "example")} already.`
    : `${folder}: ${counted(examples, "example")}, ${formatBytes(bytes)}${
      made < examples ? `, of which ${formatCount(made)} were missing` : ""
    }, made from ${data.source.name} in ${formatDuration(ns)}.`;
  print(given.format, terminal, result, () => wrap(text, terminal.width, "  "));
  return 0;
}

/** Between two lines of progress. */
const TELL_NS = 5e9;
