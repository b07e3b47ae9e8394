import type { CpuProfile } from "../format/profile_record.ts";
import { sampleWeights } from "./call_tree.ts";

/**
 * A CPU profile in the file format of speedscope (https://www.speedscope.app/file-format-schema.json): one sampled
 * profile, stacks from the outermost frame inwards, weights in µs.
 */
export function speedscope(profile: CpuProfile, name: string): string {
  const frames: { name: string; file?: string; line?: number; col?: number }[] = [];
  const indices = new Map<string, number>();
  const indexOf = ({ functionName, url, lineNumber, columnNumber }: Frame): number => {
    const key = `${functionName}\n${url}\n${lineNumber}\n${columnNumber}`;
    const known = indices.get(key);
    if (known !== undefined) return known;
    frames.push({
      name: functionName || "(anonymous)",
      ...(url !== "" && { file: url, line: lineNumber + 1, col: columnNumber + 1 }),
    });
    indices.set(key, frames.length - 1);
    return frames.length - 1;
  };
  const stacks = new Map<number, number[]>();
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const visit = (id: number, above: readonly number[]): void => {
    const node = byId.get(id);
    if (!node) return;
    // The root stands for the thread, and speedscope draws that itself.
    const stack = above.length === 0 && node.callFrame.functionName === "(root)"
      ? []
      : [...above, indexOf(node.callFrame)];
    stacks.set(id, stack);
    node.children?.forEach((child) => visit(child, stack));
  };
  visit(profile.nodes[0].id, []);
  const weights = sampleWeights(profile);
  return JSON.stringify({
    $schema: "https://www.speedscope.app/file-format-schema.json",
    exporter: "slope",
    name,
    activeProfileIndex: 0,
    shared: { frames },
    profiles: [{
      type: "sampled",
      name,
      unit: "microseconds",
      startValue: 0,
      endValue: weights.reduce((sum, weight) => sum + weight, 0),
      samples: profile.samples.map((id) => stacks.get(id) ?? []),
      weights,
    }],
  });
}

type Frame = CpuProfile["nodes"][number]["callFrame"];
