import type { CpuProfile } from "../format/profile_record.ts";
import type { CellRuntime } from "../format/trial_record.ts";

/** A function on one path of calls. */
export interface CallNode {
  /** "(anonymous)" where it has none. */
  readonly name: string;
  readonly url: string;
  /** Counted from 1; 0 where it is unknown. */
  readonly line: number;
  /** µs in the function and in all that it called. */
  readonly totalUs: number;
  readonly selfUs: number;
  /** The most expensive first. */
  readonly children: readonly CallNode[];
}

/** One function, over all paths to it. */
export interface HotFunction {
  readonly name: string;
  readonly url: string;
  readonly line: number;
  /** Share of the sampled time. */
  readonly share: number;
}

type Frame = CpuProfile["nodes"][number]["callFrame"];

/** µs from each sample to the next; the last one, whose end is unknown, counts 0. */
function sampleWeights({ samples, timeDeltas }: CpuProfile): number[] {
  return samples.map((_, i) => Math.max(0, timeDeltas[i + 1] ?? 0));
}

/**
 * Adds up the times of a profile's paths, and drops paths without samples. For TypeScript, Deno reports lines of the
 * compiled JavaScript without a source map, so they are left out.
 */
export function callTree(profile: CpuProfile, runtime: CellRuntime): CallNode {
  const selfUs = new Map<number, number>();
  const weights = sampleWeights(profile);
  profile.samples.forEach((id, i) => selfUs.set(id, (selfUs.get(id) ?? 0) + weights[i]));
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const treeOf = (node: CpuProfile["nodes"][number]): CallNode => {
    const children = (node.children ?? []).flatMap((id) => {
      const child = byId.get(id);
      return child ? [treeOf(child)] : [];
    }).filter(({ totalUs }) => totalUs > 0).sort((a, b) => b.totalUs - a.totalUs);
    const own = selfUs.get(node.id) ?? 0;
    return {
      ...frameOf(node.callFrame, runtime),
      selfUs: own,
      totalUs: own + children.reduce((sum, { totalUs }) => sum + totalUs, 0),
      children,
    };
  };
  const [root] = profile.nodes;
  return treeOf(root);
}

/** The `count` functions with the most time of their own. */
export function hotFunctions(tree: CallNode, count: number): HotFunction[] {
  const found = new Map<string, { name: string; url: string; line: number; selfUs: number }>();
  const visit = (node: CallNode): void => {
    const { name, url, line, selfUs } = node;
    const key = `${name}\n${url}\n${line}`;
    const known = found.get(key) ?? { name, url, line, selfUs: 0 };
    known.selfUs += selfUs;
    found.set(key, known);
    node.children.forEach(visit);
  };
  visit(tree);
  return [...found.values()].filter(({ selfUs }) => selfUs > 0)
    .sort((a, b) => b.selfUs - a.selfUs).slice(0, count)
    .map(({ selfUs, ...place }) => ({ ...place, share: selfUs / tree.totalUs }));
}

function frameOf(
  { functionName, url, lineNumber }: Frame,
  runtime: CellRuntime,
): Pick<CallNode, "name" | "url" | "line"> {
  const isKnown = url !== "" && !(runtime === "deno" && /\.[cm]?tsx?$/.test(url));
  return { name: functionName || "(anonymous)", url, line: isKnown ? lineNumber + 1 : 0 };
}
