/**
 * How many deformed digits one core makes a second, in Deno, Bun and Node, each in several fresh processes, in turns.
 * Prints the median and the slowest and fastest process, by CPU time and by the clock. An argument is the number of processes for each runtime.
 * Run: deno run --allow-all bench/deform.ts [PROCESSES]
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { monotonicNs } from "../src/base/clock.ts";
import { RUNTIMES } from "../src/base/runtime.ts";
import { createDeformer, frame } from "../src/data/deform/deformer.ts";
import { smoothFields } from "../src/data/deform/smooth_fields.ts";
import { resolveData } from "../src/data/resolve_data.ts";
import { formatCount } from "../src/report/numbers.ts";
import { unavailableText } from "../src/report/reason_words.ts";
import { median } from "../src/stats/statistics.ts";
import { findRuntime } from "../src/trial/runtimes.ts";

const DIGITS = 300_000;
const SEED = 1;
/** Memory for so many, used again and again. */
const TOGETHER = 1000;

interface Measured {
  readonly perSecond: number;
  /** By the time that the process had a core: what other programs take does not count. */
  readonly perCpuSecond: number;
  readonly sha256: string;
}

/** Makes digits after the originals; the first ones are not counted, while the engine compiles. */
async function makeDigits(): Promise<Measured> {
  const { train } = await resolveData({
    environment: process.env,
    allowDownload: false,
    announce: () => {},
  });
  const originals = frame({ count: train.count, rows: 28, columns: 28, pixels: train.pixels });
  const deform = createDeformer(originals, smoothFields(28, 28, SEED), SEED);
  const pixels = new Uint8Array(TOGETHER * 784);
  const images = Array.from(
    { length: TOGETHER },
    (_, i) => pixels.subarray(i * 784, (i + 1) * 784),
  );
  const hash = createHash("sha256");
  const make = (from: number, count: number) => {
    for (let n = from; n < from + count; n += TOGETHER) {
      pixels.fill(0);
      for (let i = 0; i < TOGETHER; i++) deform(n + i, images[i]);
    }
  };
  make(train.count, 10 * TOGETHER);
  hash.update(pixels);
  const begun = monotonicNs();
  const cpu = process.cpuUsage();
  make(2 * train.count, DIGITS);
  const { user, system } = process.cpuUsage(cpu);
  const perSecond = DIGITS / ((monotonicNs() - begun) / 1e9);
  const perCpuSecond = DIGITS / ((user + system) / 1e6);
  return { perSecond, perCpuSecond, sha256: hash.update(pixels).digest("hex") };
}

if (process.argv[2] === "--one") {
  console.log(JSON.stringify(await makeDigits()));
} else {
  const processes = Number(process.argv[2] ?? 5);
  const flags = { deno: ["run", "--allow-all", "--quiet"], bun: ["--no-install"], node: [] };
  const found = await Promise.all(
    RUNTIMES.filter((name) => name in flags).map(async (name) => ({
      name: name as keyof typeof flags,
      found: await findRuntime(name as keyof typeof flags),
    })),
  );
  const rates = new Map<string, Measured[]>();
  const sums = new Set<string>();
  for (let turn = 0; turn < processes; turn++) {
    for (const { name, found: one } of found) {
      if (!one.available) {
        if (turn === 0) console.log(`${name}: ${unavailableText(one.reason)}`);
        continue;
      }
      const args = [...flags[name], fileURLToPath(import.meta.url), "--one"];
      const { stdout, stderr, status } = spawnSync(one.runtime.path, args, { encoding: "utf8" });
      if (status !== 0) throw new Error(`${name} ended with code ${status}: ${stderr}`);
      const measured: Measured = JSON.parse(stdout.trim().split("\n").at(-1)!);
      rates.set(name, [...rates.get(name) ?? [], measured]);
      sums.add(measured.sha256);
    }
  }
  for (const [name, all] of rates) {
    for (
      const [field, what] of [["perCpuSecond", "of CPU time"], [
        "perSecond",
        "of the clock",
      ]] as const
    ) {
      const values = all.map((one) => one[field]);
      const [least, middle, most] = [Math.min(...values), median(values), Math.max(...values)]
        .map((value) => formatCount(Math.round(value)));
      console.log(
        `${
          name.padEnd(5)
        } ${middle} digits a second ${what} (${least} to ${most}, ${all.length} processes)`,
      );
    }
  }
  console.log(sums.size === 1 ? "All made the same bytes." : "They made different bytes.");
  process.exitCode = sums.size === 1 ? 0 : 1;
}
