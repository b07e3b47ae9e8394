import type { Agreement, Finding } from "../../format/finding.ts";
import type { Network } from "../../model/network.ts";
import { inputName } from "../inside/forward_formulas.ts";
import { RIGHT_SUM } from "../inside/sums.ts";
import { scaledFormula } from "../inside/forward.ts";
import { asFactor, inLayer, isUsualActivation, RIGHT_SLOPES, sub } from "../inside/functions.ts";
import type { Explanation } from "../inside/explain_program.ts";
import type { Program } from "../inside/program.ts";
import { rightPixels } from "../inside/pixels.ts";
import { rightOutput } from "../inside/output.ts";
import { addAfter } from "./after_findings.ts";
import { Departures, shown } from "./departures.ts";

/** What differs from the right program, stage by stage, with the formula found beside the right one. */
export function programFindings(
  network: Network,
  { inside, simulated, updateRate, rowWeights }: Explanation,
  agreement: Agreement | undefined,
): Finding[] {
  const { program } = inside;
  const departures = new Departures();
  addForward(departures, network, program);
  const onlyInWeights = program.backward.map(({ slope }, l) =>
    slope.departure?.id === "missing-hidden-derivative" &&
    program.biases[l].departure?.form === "times-slope"
  );
  addBackward(departures, network, program, onlyInWeights);
  for (const [l, bias] of program.biases.entries()) {
    if (!bias.departure || onlyInWeights[l]) continue;
    departures.add(bias.departure, [l + 1], {
      found: `∂b${sub(l + 1)} = ${bias.formula(l + 1)}`,
      right: `∂b${sub(l + 1)} = δ${sub(l + 1)}`,
    });
  }
  for (const [l, shared] of (program.sharedRows ?? []).entries()) {
    if (!shared) continue;
    departures.add(shared.departure, [l + 1], {
      found: `each row of ∂W${sub(l + 1)} = ${shared.formula(l + 1)} · ${inputName(l + 1)}ᵀ`,
      right: `∂W${sub(l + 1)} = δ${sub(l + 1)} ${inputName(l + 1)}ᵀ`,
    });
  }
  if (simulated) addReduction(departures, simulated.reduction);
  if (simulated?.batchRule) {
    const { departures: ofRows, found, right } = simulated.batchRule;
    for (const one of ofRows) departures.add(one, [], { found, right });
  }
  if (updateRate !== undefined) {
    departures.add({ id: "updates-within-batch" }, [], {
      found: "w ← w − rate · gₙ(w) after each row n, then the next row",
      right: "g = mean of gₙ(w) over the rows, with the same w",
      value: updateRate,
    });
  } else if (rowWeights) {
    const terms = rowWeights.map((weight, n) => `${shown(weight)} g${sub(n + 1)}`);
    departures.add({ id: "row-weights" }, [], {
      found: `g = ${terms.join(" + ").replaceAll("+ -", "− ")}`,
      right: `g = ${shown(1 / terms.length)} g₁ + … + ${shown(1 / terms.length)} g${
        sub(terms.length)
      }`,
    });
  } else if (
    simulated === undefined && inside.unexplained.length === 0 && !departures.has("rows-interact")
  ) {
    departures.add({ id: "rows-interact" }, [], {});
  }
  addAfter(departures, network, inside);
  return departures.findings(agreement);
}

function addForward(departures: Departures, network: Network, program: Program): void {
  const { pixels, forward, products, output } = program;
  const f = RIGHT_ACTIVATIONS[network.hiddenActivation];
  for (const departure of pixels.departures) {
    departures.add(departure, [], {
      found: ["pixel-map", "pixel-scale", "rounding"].includes(departure.id)
        ? `x = ${pixels.formula}`
        : `x of another ${departure.id === "pixel-order" ? "order" : "row"}`,
      right: `x = ${rightPixels(network).formula}`,
    });
  }
  for (const [l, choice] of forward.entries()) {
    if (!choice.departure) continue;
    const layer = l + 1;
    // Dropout that drops no neuron of a layer leaves its factor there.
    const dropout = forward.find(({ mask, departure }) =>
      departure && mask && choice.departure?.form === scaledFormula(Math.max(...mask), f)
    );
    if (dropout && !choice.mask) {
      departures.add(dropout.departure!, [layer], {});
      continue;
    }
    const sumText = (formula: string) =>
      formula.replaceAll("W", `W${sub(layer)}`).replace(/\bx\b/, inputName(layer))
        .replace(/b$/, `b${sub(layer)}`);
    const activation = choice.isSoftmax ? "softmax(z)" : choice.activation.formula;
    const isSum = choice.sumFormula !== RIGHT_SUM.sumFormula;
    const z = sumText(RIGHT_SUM.sumFormula);
    const stated = choice.mask
      ? [
        `a${sub(layer)} = ${inLayer(choice.sumFormula, layer)}`,
        `a${sub(layer)} = ${inLayer(f, layer)}`,
      ]
      : choice.leaves
      ? [`a${sub(layer)} = ${sumText(choice.sumFormula)}`, `a${sub(layer)} = ${f.replace("z", z)}`]
      : isSum
      ? [`z${sub(layer)} = ${sumText(choice.sumFormula)}`, `z${sub(layer)} = ${z}`]
      : [`a${sub(layer)} = ${inLayer(activation, layer)}`, `a${sub(layer)} = ${inLayer(f, layer)}`];
    departures.add(choice.departure, [layer], { found: stated[0], right: stated[1] });
  }
  for (const [l, product] of products.entries()) {
    if (!product.departure) continue;
    departures.add(product.departure, [l + 1], {
      found: `∂W${sub(l + 1)} = δ${sub(l + 1)} (${product.formula(l + 1)})ᵀ`,
      right: `∂W${sub(l + 1)} = δ${sub(l + 1)} ${inputName(l + 1)}ᵀ`,
    });
  }
  const top = network.layerSizes.length - 1;
  for (const departure of output.departures) {
    const isData = departure.id === "target-coding" || departure.id === "labels-shifted" ||
      departure.id === "rows-mixed-up" || departure.id === "rows-interact";
    departures.add(departure, isData ? [] : [top], {
      found: `δ${sub(top)} = ${output.formula}`,
      right: `δ${sub(top)} = ${rightOutput(network).formula}`,
    });
  }
}

const RIGHT_ACTIVATIONS = { sigmoid: "σ(z)", tanh: "tanh(z)", relu: "max(0, z)" } as const;

/** `onlyInWeights` are layers whose slope is missing in the weight gradient, and there alone. */
function addBackward(
  departures: Departures,
  network: Network,
  { forward, backward }: Program,
  onlyInWeights: readonly boolean[],
): void {
  for (const [l, { carried, weights, slope, updated, rounding }] of backward.entries()) {
    const layer = l + 1;
    const above = weights.formula(layer);
    const used = updated === 0
      ? above
      : `(W${sub(layer + 1)} − ${shown(updated) === "1" ? "" : `${shown(updated)} `}∂W${
        sub(layer + 1)
      })ᵀ`;
    const factor = slope.formula(layer) === "1" ? "" : ` ∘ ${asFactor(slope.formula(layer))}`;
    const product = `(${used} ${carried.formula(layer)})${factor}`;
    const stated = {
      found: `δ${sub(layer)} = ${rounding ? `${rounding.name}(${product})` : product}`,
      right: `δ${sub(layer)} = (W${sub(layer + 1)}ᵀ δ${sub(layer + 1)}) ∘ ${
        forward[l].mask
          ? `m ∘ f′(z${sub(layer)})`
          : isUsualActivation(forward[l].activation.name)
          ? `f′(z${sub(layer)})`
          : asFactor(inLayer(RIGHT_SLOPES[network.hiddenActivation].formula, layer))
      }`,
    };
    // What is passed down has the slope that is missing above.
    const isOfLayerAbove = onlyInWeights[layer] && carried.departure?.form === "twice";
    if (carried.departure && !isOfLayerAbove) departures.add(carried.departure, [layer], stated);
    if (weights.departure) {
      // Named after the layer whose weights they are.
      const isUntransposed = weights.departure.id === "untransposed-backprop";
      departures.add(weights.departure, [isUntransposed ? layer + 1 : layer], stated);
    }
    const isBefore = carried.departure?.form === "before-weights" && slope.formula(layer) === "1";
    if (slope.departure && !isBefore) {
      departures.add(
        onlyInWeights[l] ? { ...slope.departure, form: "weights-only" } : slope.departure,
        [layer],
        stated,
      );
    }
    if (rounding) departures.add({ id: "rounding", form: rounding.form }, [layer], stated);
    if (updated !== 0) {
      departures.add({ id: "updated-weights" }, [layer], {
        ...stated,
        value: Number(updated.toPrecision(4)),
      });
    }
  }
}

function addReduction(
  departures: Departures,
  { rule, parts }: NonNullable<Explanation["simulated"]>["reduction"],
): void {
  for (const { part: { layer }, selection: { form } } of parts) {
    if (form === undefined) continue;
    const isMean = form === "product-of-means";
    departures.add(
      isMean ? { id: "rows-interact", form } : { id: "stale-activations", form },
      [layer],
      {
        found: isMean
          ? `∂W${sub(layer)} = mean of δ${sub(layer)} · mean of ${inputName(layer)}ᵀ`
          : `∂W${sub(layer)} = mean of δ${sub(layer)} · ${inputName(layer)}ᵀ of another row`,
        right: `∂W${sub(layer)} = mean of δ${sub(layer)} ${inputName(layer)}ᵀ`,
      },
    );
  }
  for (const { part: { kind, layer }, only } of parts) {
    if (only === undefined) continue;
    const whose = kind === "biases" ? `∂b${sub(layer)}` : `∂W${sub(layer)}`;
    departures.add(
      { id: "last-example-only", ...(only === "first" && { form: "first-example" }) },
      [layer],
      { found: `${whose} of one row`, right: `${whose} = mean over the rows` },
    );
  }
  if (rule.doubled) {
    departures.add({ id: "row-weights", form: `${rule.doubled}-twice` }, [], {
      found: `g = mean of gₙ over the rows and the ${rule.doubled} one again`,
      right: "g = mean of gₙ over the rows",
    });
  }
  const skipped = rule.skipped?.skipped;
  if (skipped === "all-but-last" || skipped === "all-but-first") {
    departures.add(
      { id: "last-example-only", ...(skipped === "all-but-first" && { form: "first-example" }) },
      [],
      { found: "g = gₙ of one row", right: "g = mean of gₙ over the rows" },
    );
  }
}
