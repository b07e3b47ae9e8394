import { fileURLToPath } from "node:url";
import { describeHost, gitCommit } from "../machine/host.ts";
import { SLOPE_VERSION } from "../base/version.ts";
import type { Environment } from "../format/plan.ts";
import type { Setup } from "./prepared_sweep.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** The machine, the versions of runtimes and libraries, and the commit of Slope. */
export async function describeEnvironment({ programs, peers }: Setup): Promise<Environment> {
  const runtimes = [
    ...programs.flatMap(({ found }) => found.available ? [found.runtime] : []),
    ...peers.flatMap(({ runtime }) => runtime?.name === "python" ? [runtime] : []),
  ];
  const versions = peers.flatMap(({ peer, described: { availability } }) =>
    availability.available ? [[peer.name, availability.version ?? "unknown"]] : []
  );
  const commit = await gitCommit(PROJECT);
  return {
    ...await describeHost(),
    runtimes: Object.fromEntries(runtimes.map(({ name, version }) => [name, version])),
    ...(versions.length > 0 && { peers: Object.fromEntries(versions) }),
    ...(commit !== undefined && { gitCommit: commit }),
    slope: SLOPE_VERSION,
  };
}
