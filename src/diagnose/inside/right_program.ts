import type { Network } from "../../model/network.ts";
import { partsOf } from "../gradient/parts.ts";
import { rightBackward } from "./backward.ts";
import { rightBiases } from "./biases.ts";
import { OWN_INPUT, rightForward } from "./forward_formulas.ts";
import { rightOutput } from "./output.ts";
import { rightPixels } from "./pixels.ts";
import { layersOf } from "./program.ts";
import { ALL_ROWS, OWN_ROW } from "./reduction.ts";
import type { Simulated } from "./simulate.ts";

/** Backpropagation without a departure. */
export function rightProgram(network: Network): Simulated {
  const layers = layersOf(network);
  const decay = network.convention?.weightDecay;
  const forward = layers.map(() => rightForward(network));
  return {
    program: {
      pixels: rightPixels(network),
      forward,
      products: layers.map(() => OWN_INPUT),
      output: rightOutput(network),
      backward: layers.slice(1).map((_, l) => rightBackward(network, forward[l])),
      biases: layers.map(() => rightBiases),
    },
    reduction: {
      rule: ALL_ROWS,
      parts: partsOf(network).map((part) => ({
        part,
        factor: 1,
        divisor: "examples",
        selection: OWN_ROW,
      })),
      error: 0,
    },
    after: decay === undefined ? {} : { decay: layers.map(() => decay) },
    updatedOver: "row",
    readParameters: (parameters) => parameters,
  };
}
