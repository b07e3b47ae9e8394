/**
 * Where the cycles of a step of native_sparse go: its parts, the same code with all its data in the first cache, and a
 * bare loop of a load, a multiply-add and a store. What lies between them is what caches, mispredicted branches and the
 * reading of lists cost. A cycle is what an addition takes that waits for the one before.
 *
 * Run: deno run -A bench/native_cycles.ts [B …] [784-16-16-10]
 */
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { COMPILER } from "../src/base/compile.ts";
import { resolveData } from "../src/data/resolve_data.ts";
import { chunksOf } from "../src/data/rows.ts";
import { NATIVE_FLAGS } from "../src/gradients/native/compiled_library.ts";
import { eventText } from "../src/report/data_words.ts";
import { formatCount, formatFixed, formatPercent } from "../src/report/numbers.ts";

const EPOCHS = process.env.EPOCHS ?? "41";
/** What a vector of 16 float32 takes, and an entry of a list. */
const VECTOR_BYTES = 64;
const ENTRY_BYTES = 3;
/** Multiply-adds of a vector that a core with AVX-512 begins in a cycle. */
const MULTIPLY_ADDS = 2;

/** What the program prints: cycles for an example, or, with pixels and bare loops, for a pixel. */
const Counted = z.object({
  pixels: z.number(),
  vectors: z.number(),
  together: z.number(),
  direct: z.boolean(),
  marks: z.boolean(),
  whole: z.number(),
  prepare: z.number(),
  forward: z.number(),
  above: z.number(),
  backward: z.number(),
  finish: z.number(),
  lists: z.number(),
  cachedForward: z.number(),
  cachedBackward: z.number(),
  bareStore: z.number(),
  gigahertz: z.number(),
});

const given = process.argv.slice(2);
const layers = (given.find((one) => one.includes("-")) ?? "784-16-16-10").split("-");
const batches = given.filter((one) => !one.includes("-"));
const source = fileURLToPath(new URL("native_cycles.c", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "native-cycles-"));
try {
  const { train } = await resolveData({
    environment: process.env,
    announce: (event) => console.error(eventText(event)),
    allowDownload: false,
  });
  const [pixels, labels, program] = ["pixels", "labels", "program"].map((name) =>
    join(folder, name)
  );
  for (const chunk of chunksOf(train)) appendFileSync(pixels, chunk.pixels);
  writeFileSync(labels, train.labels.subarray(0, train.count));
  const flags = ["-O3", "-march=native", ...NATIVE_FLAGS];
  execFileSync(COMPILER, [...flags, "-o", program, source, "-lm", "-lpthread"]);
  const counted = (batches.length > 0 ? batches : ["10", "32", "1000"]).map((batch) => {
    const args = [pixels, labels, String(train.count), batch, EPOCHS, ...layers];
    const found = execFileSync(program, args, { encoding: "utf8" });
    return { batch: Number(batch), ...Counted.parse(JSON.parse(found)) };
  });
  console.log(text(counted, train.count));
} finally {
  rmSync(folder, { recursive: true });
}

type Found = z.infer<typeof Counted> & { readonly batch: number };

/** A line about all, then a table with a column for each B. */
function text(all: readonly Found[], examples: number): string {
  const [{ pixels, vectors, gigahertz }] = all;
  const row = (name: string, figure: (found: Found) => string) =>
    `| ${[name, ...all.map(figure)].join(" | ")} |`;
  const cycles = (name: string, of: (found: Found) => number) =>
    row(name, (found) => {
      const share = formatPercent(of(found) / partsOf(found), 0);
      return `${formatFixed(of(found), 0)} (${share})`;
    });
  const perPixel = (name: string, of: (found: Found) => number) =>
    row(name, (found) => formatFixed(of(found), 2));
  const bytes = VECTOR_BYTES * pixels * vectors * 3 + ENTRY_BYTES * pixels * 2;
  return [
    `${layers.join("-")}, ${formatCount(examples)} examples of ${
      formatFixed(pixels, 1)
    } pixels that are not 0, ` +
    `${formatFixed(gigahertz, 2)} GHz, one thread`,
    "",
    row("cycles per example", ({ batch }) => `B = ${formatCount(batch)}`),
    row("---", () => "---"),
    cycles("weights transposed", ({ prepare }) => prepare),
    cycles("pixels forward", ({ forward }) => forward),
    cycles("layers above, and back", ({ above }) => above),
    cycles("gradient of the pixels", ({ backward }) => backward),
    cycles("update and clearing", ({ finish }) => finish),
    row("whole steps", ({ whole }) => formatFixed(whole, 0)),
    row("lists of pixels, read alone", ({ lists }) => formatFixed(lists, 0)),
    row(
      "multiply-adds of the pixels alone",
      () => formatFixed(2 * pixels * vectors / MULTIPLY_ADDS, 0),
    ),
    "",
    row("cycles per pixel", ({ batch }) => `B = ${formatCount(batch)}`),
    row("---", () => "---"),
    perPixel("forward", ({ forward }) => forward / pixels),
    perPixel("forward, all in the first cache", ({ cachedForward }) => cachedForward),
    perPixel("gradient", ({ backward }) => backward / pixels),
    perPixel("gradient, all in the first cache", ({ cachedBackward }) => cachedBackward),
    perPixel("a vector loaded, multiplied and stored, nothing else", ({ bareStore }) => bareStore),
    "",
    `An example reads and writes ${formatFixed(bytes / 1000, 1)} kB of rows and lists: ` +
    `${all.map(({ whole }) => formatFixed(bytes * gigahertz / whole, 0)).join(", ")} GB/s.`,
  ].join("\n");
}

/** The parts alone: without the clock, they overlap. */
function partsOf({ prepare, forward, above, backward, finish }: Found): number {
  return prepare + forward + above + backward + finish;
}
