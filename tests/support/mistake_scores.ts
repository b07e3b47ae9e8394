import { drawMistakes, type Drawn } from "./mistake_grammar.ts";
import { examined, randomRows } from "./examined.ts";
import { staged } from "./staged_network.ts";

export interface Score {
  /** All mistakes are named, with their layers. */
  readonly named: boolean;
  /** And there is no other finding. */
  readonly exactly: boolean;
  /** The first finding is one of the mistakes. */
  readonly first: boolean;
  readonly told: string;
}

/** Examines a network with so many mistakes. */
export async function score(seed: number, count: number): Promise<Score> {
  const drawn = drawMistakes(seed, count);
  const { network, mistakes, stages } = drawn;
  const dataset = randomRows(seed, network.layerSizes[0], network.layerSizes.at(-1)!);
  const problem = { network, dataset, maxBatchSize: 10, threads: 1 };
  const findings = await examined(staged(stages), problem, seed);
  const found = findings.map(({ id, layers }) => layers.length > 0 ? `${id} ${layers}` : id);
  const expected = mistakes.map(({ finding }) => finding);
  const isNamed = (one: string) => found.includes(one) || isPartOf(one, findings);
  const named = expected.every(isNamed);
  // A finding may join two mistakes of one kind.
  const ids = new Set(expected.map((one) => one.split(" ")[0]));
  const exactly = named && findings.every(({ id }) => ids.has(id));
  const first = ids.has(findings[0]?.id);
  return { named, exactly, first, told: tell(drawn, found) };
}

function isPartOf(
  expected: string,
  findings: readonly { readonly id: string; readonly layers: readonly number[] }[],
): boolean {
  const [id, layers = ""] = expected.split(" ");
  return layers.split(",").filter(Boolean).every((layer) =>
    findings.some((one) => one.id === id && one.layers.includes(Number(layer)))
  ) && findings.some((one) => one.id === id);
}

const tell = ({ network, mistakes }: Drawn, found: readonly string[]): string =>
  `${network.layerSizes.join("-")} ${network.hiddenActivation} ${network.outputLoss}: ${
    mistakes.map(({ finding }) => finding).join(" + ")
  } → ${found.join(" + ") || "nothing"}`;
