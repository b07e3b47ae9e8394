import { known } from "../base/known.ts";
import { describeHost } from "../machine/host.ts";
import { SLOPE_VERSION } from "../base/version.ts";
import type { Environment } from "../format/plan.ts";
import { firstCandidates } from "./available.ts";
import { ownCodeDigest, ownCommit } from "./own_code.ts";
import type { Setup } from "./prepared_sweep.ts";

/** The machine, the versions of runtimes and libraries, and the code of Slope. */
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
    codeSha256: ownCodeDigest(),
    slope: SLOPE_VERSION,
  });
}
