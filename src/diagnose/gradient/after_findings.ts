import type { Network } from "../../model/network.ts";
import { numberFormula } from "../inside/added_number.ts";
import type { After } from "../inside/after.ts";
import { inputName } from "../inside/forward_formulas.ts";
import { sub } from "../inside/functions.ts";
import type { Inside } from "../inside/read_inside.ts";
import { type Departures, shown } from "./departures.ts";

/** What a program does to a finished gradient. */
export function addAfter(
  departures: Departures,
  network: Network,
  { program, after, isOwnLayout }: Inside,
): void {
  const layers = program.biases.map((_, l) => l + 1);
  if (after.layout) {
    const { form } = after.layout;
    const squares = /^transposed: (.*)$/.exec(form)?.[1].split(", ").map(Number);
    departures.add(
      { id: "gradient-layout", form: squares ? "transposed" : isOwnLayout ? `own: ${form}` : form },
      squares ?? layers,
      {},
    );
  }
  if (after.rounding) {
    const { form, name } = after.rounding;
    departures.add({ id: "rounding", form }, layers, {
      found: `g = ${name}(g)`,
      right: "g as it is",
    });
  }
  if (!after.decayOverRows) {
    addDecay(departures, network, after.decay ?? layers.map(() => 0));
  }
  const overRows = after.decayOverRows ? " / B" : "";
  for (const [kind, of] of DECAYS) {
    if (kind === "decay" && !after.decayOverRows) continue;
    const rates = after[kind] ?? [];
    const value = rates.find((rate) => rate !== 0);
    if (value === undefined) continue;
    const right = kind === "biasDecay" ? "∂b = δ" : "∂W = δ aᵀ";
    departures.add(
      { id: "weight-decay", form: kind === "decay" ? "over-rows" : kind },
      rates.flatMap((rate, l) => rate === 0 ? [] : [l + 1]),
      {
        found: `${right} ${value < 0 ? "−" : "+"} ${shown(Math.abs(value))}${overRows} ${of}`,
        right,
        value,
      },
    );
  }
  addNumbers(departures, after);
  if (after.table) {
    departures.add({ id: "added-number", form: "fixed-numbers" }, layers, {
      found: "g = ∂L/∂w + C, with one C for all parameters and rows",
      right: "g = ∂L/∂w",
    });
  }
  addLimits(departures, after, layers);
}

/** One number in every element, with the formula of the first layer that has it. */
function addNumbers(departures: Departures, { added, decayOverRows }: After): void {
  if (added === undefined) return;
  const { form, weights, biases } = added;
  for (const [l, value] of weights.entries()) {
    if (value === 0) continue;
    const text = numberFormula(form);
    const term = `${value < 0 ? "−" : "+"} ${shown(Math.abs(value))}${decayOverRows ? " / B" : ""}${
      text === "" ? "" : ` ${text}`
    }`;
    const right = `∂W${sub(l + 1)} = δ${sub(l + 1)} ${inputName(l + 1)}ᵀ`;
    departures.add({ id: "added-number", form }, [l + 1], {
      found: `${right} ${term}${biases[l] === 0 ? "" : ", and so for b"}`,
      right,
      value,
    });
  }
}

/** A limit of the gradient's size, or a division by it. */
function addLimits(departures: Departures, { clip, normalised }: After, layers: number[]): void {
  const right = "g as it is";
  if (clip) {
    const { by, limit } = clip;
    departures.add({ id: "clipped", form: by }, layers, {
      found: by === "element"
        ? `g = max(−${shown(limit)}, min(${shown(limit)}, g))`
        : `${by === "array" ? "each array g" : "g"} = g · min(1, ${shown(limit)} / ‖g‖)`,
      right,
      value: limit,
    });
  }
  if (normalised) {
    const { over, by, size, epsilon } = normalised;
    const divisor = { norm: "‖g‖", largest: "max |g|", sum: "Σ|g|" }[by];
    const whole = epsilon === undefined ? divisor : `(${divisor} + ${shown(epsilon)})`;
    departures.add({ id: "clipped", form: `normalised-${over}-${by}` }, layers, {
      found: `${over === "array" ? "each array g" : "g"} = ${
        size === 1 ? "" : `${shown(size)} `
      }g / ${whole}`,
      right,
      value: size,
    });
  }
}

/** Decay of weights is here where it depends on the length of a minibatch, which nobody can declare. */
const DECAYS = [
  ["decay", "W"],
  ["signDecay", "sign(W)"],
  ["absoluteDecay", "|W|"],
  ["squareDecay", "W²"],
  ["biasDecay", "b"],
] as const;

/** Rates of decay that differ by less are equal. */
const RATE_STEP = 1e-3;

function addDecay(departures: Departures, network: Network, rates: readonly number[]): void {
  const right = network.convention?.weightDecay ?? 0;
  const layers = rates.flatMap((rate, l) =>
    Math.abs(rate - right) > RATE_STEP * Math.abs(right) ? [l + 1] : []
  );
  if (layers.length === 0) return;
  const value = rates[layers[0] - 1];
  const isMeant = value > 0 &&
    rates.every((rate) => Math.abs(rate - value) <= RATE_STEP * value);
  const formula = (rate: number) =>
    rate === 0 ? "∂W = δ aᵀ" : `∂W = δ aᵀ ${rate < 0 ? "−" : "+"} ${shown(Math.abs(rate))} W`;
  departures.add(
    { id: "weight-decay", ...(isMeant && { convention: { weightDecay: value } }) },
    layers,
    { found: formula(value), right: formula(right), value },
  );
}
