import type { RunFile } from "../src/format/plan.ts";
import type { Summary } from "../src/format/summary.ts";
import { cellKey, type TrialRecord } from "../src/format/trial_record.ts";
import { blockScatter } from "../src/stats/block_scatter.ts";
import { pool } from "../src/stats/moderate.ts";
import { steadyTrial } from "../src/summary/estimate.ts";
import { type Cluster, ON_NODE } from "../tests/support/noisy_cluster.ts";
import type { Noise } from "../tests/support/noise.ts";

/** What nodes are like, however many there are and however many rounds each has. */
export type Nodes = Required<Omit<Cluster, "nodes" | "rounds">>;

/** What is assumed where nothing is measured or given. */
export const USUAL_NODES: Nodes = {
  paces: 2,
  interaction: 0.01,
  missing: 0,
  failed: 0,
  noise: ON_NODE,
};

/** How a node wanders by at most so much, as a logarithm: in steps that stay between the limits. */
export const wandering = (driftLimit: number): Pick<Noise, "driftStep" | "driftLimit"> => ({
  driftLimit,
  driftStep: Math.min(ON_NODE.driftStep, driftLimit / 3),
});

/**
 * What the nodes of a merged run are like. A walk between two limits has a third of their square as its variance, from
 * which the drift follows. With one round on each node, nothing tells luck and drift from the interaction: both are the
 * usual ones. Throws Error for a run of fewer than two nodes.
 */
export function measuredNodes(
  run: RunFile,
  trials: readonly TrialRecord[],
  summary: Summary,
): Nodes {
  const { nodes, counts } = summary;
  const [shard] = run.shards ?? [];
  if (nodes === undefined || shard === undefined) {
    throw new Error(
      "Cannot measure nodes: the run was not merged from shards of two nodes at least",
    );
  }
  const paces = nodes.each.map(({ pace }) => pace.value);
  const ok = trials.filter(({ status }) => status === "ok");
  const scatters = [...Map.groupBy(ok, ({ node }) => node).values()].map((here) => {
    const cells = Map.groupBy(here, ({ cell }) => cellKey(cell)).values();
    return blockScatter([...cells].map((trials) => trials.map(steadyTrial)));
  });
  const process = pool(scatters.flatMap(({ spreads }) => spreads));
  const pace = pool(scatters.map(({ pace }) => pace));
  return {
    paces: Math.max(...paces) / Math.min(...paces),
    interaction: nodes.interaction?.deviation ?? USUAL_NODES.interaction,
    missing: 1 - (run.shards ?? []).length / shard.count,
    failed: counts.failed / Math.max(1, counts.failed + counts.ok),
    noise: {
      ...ON_NODE,
      ...(process.degrees > 0 && { process: Math.sqrt(process.variance) }),
      ...(pace.degrees > 0 && wandering(Math.sqrt(3 * pace.variance))),
    },
  };
}
