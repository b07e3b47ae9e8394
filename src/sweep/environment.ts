import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { known } from "../base/known.ts";
import { IS_PACKAGE, slopeFolder } from "../base/own_files.ts";
import { describeHost, gitCommit } from "../machine/host.ts";
import { SLOPE_VERSION } from "../base/version.ts";
import type { Environment } from "../format/plan.ts";
import { firstCandidates } from "./available.ts";
import type { Setup } from "./prepared_sweep.ts";

/** The commit of Slope's own code: of its checkout, or the one that its package was made from. */
async function ownCommit(): Promise<string | undefined> {
  if (!IS_PACKAGE) return await gitCommit(slopeFolder());
  const { gitHead } = JSON.parse(await readFile(join(slopeFolder(), "package.json"), "utf8"));
  return typeof gitHead === "string"
    ? gitHead.replace(/^([0-9a-f]{12})[0-9a-f]*/, "$1")
    : undefined;
}

/** The machine, the versions of runtimes and libraries, and the commit of Slope. */
export async function describeEnvironment({ programs, peers }: Setup): Promise<Environment> {
  const runtimes = [
    ...programs.flatMap(({ found }) => found.available ? [found.runtime] : []),
    ...firstCandidates(programs).flatMap(({ interpreter }) =>
      interpreter?.name === "python" ? [interpreter] : []
    ),
    ...peers.flatMap(({ interpreter }) => interpreter ? [interpreter] : []),
  ];
  const versions = peers.flatMap(({ name, described: { availability } }) =>
    availability.available ? [[name, availability.version ?? "unknown"]] : []
  );
  return known({
    ...await describeHost(),
    runtimes: Object.fromEntries(runtimes.map(({ name, version }) => [name, version])),
    peers: versions.length > 0 ? Object.fromEntries(versions) : undefined,
    gitCommit: await ownCommit(),
    slope: SLOPE_VERSION,
  });
}
