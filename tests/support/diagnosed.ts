import assert from "node:assert/strict";
import { slope } from "./cli.ts";

/** What `diagnose --format json` prints. */
export interface Told {
  readonly healthy: boolean;
  readonly findings: {
    id: string;
    layers: number[];
    factor?: number;
    evidence: string;
    fix: string;
  }[];
}

/** Runs `slope diagnose <args>`, which must end with 0 or 1. */
export async function diagnosed(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Told & { code: number | null }> {
  const { code, stdout, stderr } = await slope(["diagnose", ...args, "--format", "json"], env);
  assert.ok(code === 0 || code === 1, stderr);
  return { code, ...JSON.parse(stdout) };
}
