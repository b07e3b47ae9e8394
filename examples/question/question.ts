/**
 * A network from scratch, in plain loops over lists: it got slow with more examples, and its accuracy stayed at 9.87 %.
 * Three versions:
 *
 * - `question`: all activations are kept in one list that the next example overwrites. When the gradient is computed
 *   from the deltas, the list holds the last example's activations.
 * - `question_ascending`: the same, with the delta y − a, so that every step increases the loss.
 * - `question_fixed`: each example goes backward before the next one goes forward. Nothing else differs.
 *
 *   slope diagnose question --plugin examples/question/question.ts --preset question
 */
interface Problem {
  network: { layerSizes: readonly number[]; hiddenActivation: string; outputLoss: string };
  dataset: { features: number; pixels: Uint8Array; labels: Uint8Array };
}

type Numbers = Float64Array;

class Network {
  private readonly sizes: readonly number[];
  /** Where the weights of each layer begin. */
  private readonly offsets: number[] = [];
  /** Activations of the last example. */
  private activations: number[][] = [];

  constructor({ network }: Problem) {
    if (network.hiddenActivation !== "sigmoid" || network.outputLoss !== "sigmoid-quadratic") {
      throw new Error("Cannot open the network: it computes only sigmoid and sigmoid-quadratic");
    }
    this.sizes = network.layerSizes;
    let at = 0;
    for (let l = 1; l < this.sizes.length; l++) {
      this.offsets.push(at);
      at += this.sizes[l] * (this.sizes[l - 1] + 1);
    }
  }

  forward(parameters: Numbers, pixels: Uint8Array): number[] {
    this.activations = [Array.from(pixels, (byte) => byte / 255)];
    this.offsets.forEach((at, l) => {
      const [inputs, outputs] = [this.sizes[l], this.sizes[l + 1]];
      const next: number[] = [];
      for (let o = 0; o < outputs; o++) {
        let z = parameters[at + outputs * inputs + o];
        for (let i = 0; i < inputs; i++) {
          z += parameters[at + o * inputs + i] * this.activations[l][i];
        }
        next.push(1 / (1 + Math.exp(-z)));
      }
      this.activations.push(next);
    });
    return this.activations[this.activations.length - 1];
  }

  /** The delta of every layer, from the error of the outputs. */
  backward(parameters: Numbers, error: number[]): number[][] {
    const last = this.offsets.length - 1;
    const deltas: number[][] = [];
    deltas[last] = error.map((e, o) => e * slope(this.activations[last + 1][o]));
    for (let l = last; l > 0; l--) {
      const [inputs, outputs] = [this.sizes[l], this.sizes[l + 1]];
      deltas[l - 1] = [];
      for (let i = 0; i < inputs; i++) {
        let sum = 0;
        for (let o = 0; o < outputs; o++) {
          sum += parameters[this.offsets[l] + o * inputs + i] * deltas[l][o];
        }
        deltas[l - 1].push(sum * slope(this.activations[l][i]));
      }
    }
    return deltas;
  }

  /** gradient += deltas · activations / count */
  addTo(gradient: Numbers, deltas: number[][], count: number): void {
    this.offsets.forEach((at, l) => {
      const [inputs, outputs] = [this.sizes[l], this.sizes[l + 1]];
      for (let o = 0; o < outputs; o++) {
        for (let i = 0; i < inputs; i++) {
          gradient[at + o * inputs + i] += deltas[l][o] * this.activations[l][i] / count;
        }
        gradient[at + outputs * inputs + o] += deltas[l][o] / count;
      }
    });
  }
}

const slope = (a: number): number => a * (1 - a);

function version(name: string, summary: string, how: { ascends?: boolean; fixed?: boolean }) {
  return {
    name,
    summary,
    precision: "float64" as const,
    prepare(problem: Problem) {
      const { features, pixels, labels } = problem.dataset;
      const network = new Network(problem);
      return (parameters: Numbers, batch: Uint32Array, gradient: Numbers): number => {
        gradient.fill(0);
        let loss = 0;
        const waiting: number[][][] = [];
        for (const row of batch) {
          const a = network.forward(
            parameters,
            pixels.subarray(row * features, (row + 1) * features),
          );
          const error = a.map((value, k) => value - (k === labels[row] ? 1 : 0));
          loss += error.reduce((sum, e) => sum + e * e / 2, 0) / batch.length;
          const deltas = network.backward(parameters, how.ascends ? error.map((e) => -e) : error);
          if (how.fixed) network.addTo(gradient, deltas, batch.length);
          else waiting.push(deltas);
        }
        // By now the network holds the activations of the last example.
        for (const deltas of waiting) network.addTo(gradient, deltas, batch.length);
        return loss;
      };
    },
  };
}

export const question = version("question", "from scratch, with its mistakes", {});
export const question_ascending = version("question_ascending", "also climbs the loss", {
  ascends: true,
});
export const question_fixed = version("question_fixed", "the same loops, fixed", {
  fixed: true,
});
