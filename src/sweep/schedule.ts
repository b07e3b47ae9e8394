import { randomFrom, shuffle } from "../base/random.ts";
import type { DescribedImplementation } from "../format/protocol.ts";
import type { Unavailable } from "../format/reason.ts";
import { type Cell, cellKey, type CellRuntime } from "../format/trial_record.ts";
import type { Plan } from "../format/plan.ts";
import type { Runtime } from "../trial/runtimes.ts";

/** How an implementation or a peer describes itself, or why it could not. */
export interface Described extends Omit<DescribedImplementation, "availability"> {
  readonly availability:
    | Extract<DescribedImplementation["availability"], { available: true }>
    | { readonly available: false; readonly reason: Unavailable };
}

/** The description that a process sent, with its reason as data. */
export function describedBy({ availability, ...told }: DescribedImplementation): Described {
  return {
    ...told,
    availability: availability.available ? availability : {
      available: false,
      reason: { kind: "unavailable", message: availability.reason },
    },
  };
}

/** An implementation, and the plug-in file that it comes from. */
export interface Candidate extends Described {
  readonly plugin?: string;
  /** Runs a plug-in in another language, which then has cells in this runtime only. */
  readonly interpreter?: Runtime;
  /** What a plug-in in C was compiled to. */
  readonly library?: string;
}

/** A peer, and the only runtime that it runs in. */
export interface PeerCandidate extends Described {
  readonly runtime: CellRuntime;
}

/** The fields of an implementation that decide its cells. */
type CellMaker = Pick<Candidate, "name" | "precision" | "needs" | "interpreter">;

/** Every cell of a plan, in the order of its fields. */
export function cellsOf(
  plan: Plan,
  candidates: readonly CellMaker[],
  peers: readonly (CellMaker & Pick<PeerCandidate, "runtime">)[] = [],
  referenced: readonly string[] = [],
): Cell[] {
  const cells = [
    ...candidates.flatMap((candidate) => {
      const threads = candidate.needs.includes("threads") ? plan.threads : [1];
      const { interpreter } = candidate;
      return cellsOfOne(plan, candidate, interpreter ? [interpreter.name] : plan.runtimes, threads);
    }),
    ...peers.flatMap((peer) => {
      const threads = peer.needs.includes("threads") ? plan.peerThreads : [1];
      return cellsOfOne(plan, peer, [peer.runtime], threads);
    }),
  ];
  const copies = cells.flatMap((cell): Cell[] => [
    ...(cell.implementation === plan.nullTwin ? [{ ...cell, copy: "twin" } as const] : []),
    ...(referenced.includes(cell.implementation) ? [{ ...cell, copy: "reference" } as const] : []),
  ]);
  // "full" and a number may give the same cell at some m.
  return uniqueCells([...cells, ...copies]);
}

export const uniqueCells = (cells: readonly Cell[]): Cell[] => [
  ...new Map(cells.map((cell) => [cellKey(cell), cell])).values(),
];

function cellsOfOne(
  plan: Plan,
  { name, precision }: CellMaker,
  runtimes: readonly CellRuntime[],
  threadCounts: readonly number[],
): Cell[] {
  return runtimes.flatMap((runtime) =>
    threadCounts.flatMap((threads) =>
      networksOf(plan).flatMap((network) =>
        plan.rates.flatMap((rate) =>
          plan.seeds.flatMap((seed) =>
            plan.batchSizes.flatMap((batch) =>
              plan.sizes.map((examples): Cell => ({
                implementation: name,
                runtime,
                examples,
                batchSize: batch === "full" ? examples : batch,
                ...network,
                rate,
                precision,
                threads,
                seed,
              }))
            )
          )
        )
      )
    )
  );
}

/** Every network of a plan. */
const networksOf = ({ layers, hiddenActivations, outputLosses }: Plan) =>
  layers.flatMap((layerSizes) =>
    hiddenActivations.flatMap((hiddenActivation) =>
      outputLosses.map((outputLoss) => ({
        layerSizes: [...layerSizes],
        hiddenActivation,
        outputLoss,
      }))
    )
  );

/** The cells in the order of one round: a seeded shuffle that differs between rounds. */
export function orderOfRound(cells: readonly Cell[], seed: number, round: number): Cell[] {
  return shuffle([...cells], randomFrom(seed, `round ${round}`));
}
