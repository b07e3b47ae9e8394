import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after } from "node:test";
import { runNames } from "../../src/sweep/run_folder.ts";
import { briefPlan, type Ended, flags, slope, smallData, withFolder } from "./cli.ts";

/** A run that `bench` has finished. */
export interface FinishedSweep {
  readonly folder: string;
  readonly ended: Ended;
}

let measured: Promise<FinishedSweep> | undefined;
let out: string | undefined;

// Within a test, `after` would run when that test ends.
after(() => {
  if (out !== undefined) rmSync(out, { recursive: true, force: true });
});

/**
 * Three implementations × three sizes × two rounds: 18 trials. The first call measures them, later calls in the same
 * test file get the same run. A test that changes the run works on a copy (`withCopy`).
 */
export function finishedSweep(): Promise<FinishedSweep> {
  measured ??= measure();
  return measured;
}

async function measure(): Promise<FinishedSweep> {
  out = mkdtempSync(join(tmpdir(), "slope-test-"));
  const options = { plan: briefPlan(), sizes: "200,400,800", epochs: "1", rounds: "2" };
  const ended = await slope(["bench", ...flags({ data: smallData(), out, ...options })]);
  return { folder: join(out, runNames(out)[0]), ended };
}

/** Copies the finished run into a folder of its own, which is removed after `body`. */
export async function withCopy(
  body: (copy: { out: string; name: string; folder: string }) => Promise<void>,
): Promise<void> {
  const { folder: original } = await finishedSweep();
  await withFolder(async (out) => {
    const name = basename(original);
    const folder = join(out, name);
    cpSync(original, folder, { recursive: true });
    await body({ out, name, folder });
  });
}
