import type { Agreement, Finding, SimulatedMistake } from "../../format/finding.ts";
import type { Departure } from "../inside/program.ts";

type Stated = Pick<SimulatedMistake, "found" | "right" | "value">;

/** Collects departures; the same one in several layers is one finding, with the formula of the first. */
export class Departures {
  readonly #all: (Departure & { layers: number[] } & Stated)[] = [];

  add(departure: Departure, layers: readonly number[], stated: Stated): void {
    const same = this.#all.find((one) => one.id === departure.id && one.form === departure.form);
    if (same) same.layers.push(...layers.filter((layer) => !same.layers.includes(layer)));
    else this.#all.push({ ...departure, layers: [...layers], ...stated });
  }

  has(id: string): boolean {
    return this.#all.some((one) => one.id === id);
  }

  findings(agreement: Agreement | undefined): Finding[] {
    return this.#all.map(({ layers, ...rest }) => ({
      ...rest,
      layers: layers.sort((a, b) => a - b),
      ...(agreement && { agreement }),
    }));
  }
}

export const shown = (value: number) => String(Number(value.toPrecision(4)));
