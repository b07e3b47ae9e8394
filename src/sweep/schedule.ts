import { randomFrom, shuffle } from "../base/random.ts";
import type { DescribedImplementation } from "../format/protocol.ts";
import type { Unavailable } from "../format/reason.ts";
import { type Cell, cellKey, type CellRuntime } from "../format/trial_record.ts";
import type { Plan } from "../format/plan.ts";
import type { Network } from "../model/network.ts";
import type { Runtime } from "../trial/runtimes.ts";
import { networksFor } from "./own_networks.ts";

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
type CellMaker = Pick<Candidate, "name" | "precision" | "needs" | "interpreter" | "network">;

/** Every cell of a plan, in the order of its fields. */
export function cellsOf(
  plan: Plan,
  candidates: readonly CellMaker[],
  peers: readonly (CellMaker & Pick<PeerCandidate, "runtime">)[] = [],
  referenced: readonly string[] = [],
): Cell[] {
  const makers = [
    ...candidates.map((maker) => ({
      maker,
      runtimes: maker.interpreter ? [maker.interpreter.name] : plan.runtimes,
      threads: plan.threads,
    })),
    ...peers.map((maker) => ({ maker, runtimes: [maker.runtime], threads: plan.peerThreads })),
  ];
  const programs = makers.map(({ maker }) => maker);
  const cells = makers.flatMap(({ maker, runtimes, threads }) =>
    cellsOfOne(
      plan,
      maker,
      runtimes,
      maker.needs.includes("threads") ? threads : [1],
      maker.needs.includes("ranks") ? plan.ranks ?? [1] : [undefined],
      networksFor(maker, plan, programs),
    )
  );
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
  rankCounts: readonly (number | undefined)[],
  networks: readonly Network[],
): Cell[] {
  return runtimes.flatMap((runtime) =>
    threadCounts.flatMap((threads) =>
      rankCounts.flatMap((ranks) =>
        networks.flatMap((network) =>
          plan.rates.flatMap((rate) =>
            plan.seeds.flatMap((seed) =>
              plan.batchSizes.flatMap((batch) =>
                plan.sizes.map((examples): Cell => ({
                  implementation: name,
                  runtime,
                  examples,
                  batchSize: batch === "full" ? examples : batch,
                  ...network,
                  layerSizes: [...network.layerSizes],
                  rate,
                  precision,
                  threads,
                  ...(ranks !== undefined && { ranks }),
                  seed,
                }))
              )
            )
          )
        )
      )
    )
  );
}

/** The cells in the order of one round: a seeded shuffle that differs between rounds. */
export function orderOfRound(cells: readonly Cell[], seed: number, round: number): Cell[] {
  return shuffle([...cells], randomFrom(seed, `round ${round}`));
}
