import type { CpuProfile } from "../format/profile_record.ts";
import type { LineOf } from "./original_lines.ts";

interface Place {
  /** "(anonymous)" where it has none. */
  readonly name: string;
  readonly url: string;
  /** Counted from 1; 0 where it is unknown. */
  readonly line: number;
}

/** A function on one path of calls. */
export interface CallNode extends Place {
  /** µs in the function and in all that it called. */
  readonly totalUs: number;
  readonly selfUs: number;
  /** The most expensive first. */
  readonly children: readonly CallNode[];
}

/** One function, over all paths to it. */
export interface HotFunction extends Place {
  /** Share of the sampled time. */
  readonly share: number;
}

type ProfileNode = CpuProfile["nodes"][number];

/**
 * Adds up the times of a profile's paths, and drops paths without samples. `lineOf` knows the lines of its functions.
 */
export function callTree(profile: CpuProfile, lineOf: LineOf): CallNode {
  const selfUs = new Map<number, number>();
  profile.samples.forEach((id, i) => {
    // From each sample to the next; the last one, whose end is unknown, counts 0.
    const us = Math.max(0, profile.timeDeltas[i + 1] ?? 0);
    selfUs.set(id, (selfUs.get(id) ?? 0) + us);
  });
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const treeOf = (node: ProfileNode): CallNode => {
    const children = (node.children ?? []).flatMap((id) => {
      const child = byId.get(id);
      return child ? [treeOf(child)] : [];
    }).filter(({ totalUs }) => totalUs > 0).sort((a, b) => b.totalUs - a.totalUs);
    const own = selfUs.get(node.id) ?? 0;
    return {
      ...placeOf(node.callFrame, lineOf),
      selfUs: own,
      totalUs: own + children.reduce((sum, { totalUs }) => sum + totalUs, 0),
      children,
    };
  };
  return treeOf(profile.nodes[0]);
}

/** The `count` functions with the most time of their own. */
export function hotFunctions(tree: CallNode, count: number): HotFunction[] {
  const withCalled = (node: CallNode): CallNode[] => [node, ...node.children.flatMap(withCalled)];
  const nodes = withCalled(tree);
  return [...Map.groupBy(nodes, ({ name, url, line }) => `${name}\n${url}\n${line}`).values()]
    .map((same) => {
      const [{ name, url, line }] = same;
      const selfUs = same.reduce((sum, one) => sum + one.selfUs, 0);
      return { name, url, line, share: selfUs / tree.totalUs };
    })
    .filter(({ share }) => share > 0).sort((a, b) => b.share - a.share).slice(0, count);
}

function placeOf(frame: ProfileNode["callFrame"], lineOf: LineOf): Place {
  return { name: frame.functionName || "(anonymous)", url: frame.url, line: lineOf(frame) ?? 0 };
}
