import type { RunFile } from "../format/plan.ts";

/** The hosts that measured a run, each once, in alphabetical order: several of a merged run. */
export function hostsOf(
  { environment, shards = [] }: Pick<RunFile, "environment" | "shards">,
): string[] {
  const ofShards = shards.flatMap(({ host, sessions }) => [
    host,
    ...sessions.flatMap((one) => one.environment?.host ?? []),
  ]);
  return [...new Set(ofShards.length > 0 ? ofShards : [environment.host])].sort();
}

/** Hosts that are all named. */
const FEW = 4;

/** "n1", "n1, n2", "n1 … n9 (9)". */
export function hostsName(run: Pick<RunFile, "environment" | "shards">): string {
  const hosts = hostsOf(run);
  return hosts.length <= FEW
    ? hosts.join(", ")
    : `${hosts[0]} … ${hosts[hosts.length - 1]} (${hosts.length})`;
}
