import assert from "node:assert/strict";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { verify } from "../../src/check/verify_kernel.ts";
import { examineGradient } from "../../src/diagnose/gradient/examine_gradient.ts";
import { initialParameters } from "../../src/model/initialise.ts";
import type { Network } from "../../src/model/network.ts";
import { loadProgram } from "../../src/trial/program/load_program.ts";
import { assertSpeaks } from "../support/findings.ts";
import { problemOf } from "../support/problems.ts";
import { NEEDS_PYTHON, PYTHON } from "../support/python.ts";

/** Programs in forms that people write, and what is wrong with each, in the order in which it is told. */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  extended_precision: [],
  ported_from_python_2: [],
  folded_biases: [],
  columns_with_keepdims: [],
  modules_with_backward: [],
  soft_targets_declared: [],
  standardised_with_decay: [],
  scaled_between: [],
  errors_through_the_net: ["error-for-delta 1,2", "scale 1,2,3"],
  classes_counted_as_examples: ["scale 1,2,3"],
  leaky_mask_of_the_gradient: ["wrong-slope 1,2"],
  biases_never_updated: ["bias-missing 1,2,3"],
  slope_before_weights: ["wrong-slope 1"],
  velocity_in_the_update: ["momentum-inside"],
  slope_of_another_layer: ["wrong-slope 2"],
  three_at_once: ["rows-interact", "softmax-diagonal 3", "wrong-slope 1,2", "overflow 1,2,3"],
  masked_in_biases_only: ["missing-hidden-derivative 1,2", "scale 1,2,3"],
  error_times_sum: ["wrong-slope 3", "scale 1,2,3"],
  example_by_example: ["updated-weights 1,2", "updates-within-batch"],
  divided_by_256: ["pixel-scale", "bias-reduction 1,2,3"],
  standardised_per_batch: ["rows-interact", "pixel-map"],
  relu_before_softmax: ["wrong-activation 3"],
  adam_in_the_update: ["clipped 1,2,3"],
  weights_of_its_own: ["non-deterministic"],
  decay_in_the_update: ["updated-weights 1,2", "weight-decay 1,2,3"],
  decay_over_the_minibatch: ["weight-decay 1,2,3"],
  // Whole scripts as people publish them, in tests/python/theirs/, each with an adapter of at most ten lines.
  bias_row: [],
  chapters: [],
  cost_function: [],
  downloaded_from_a_notebook: [],
  eleven_lines: [],
  fallback_of_a_compiler: [],
  fc_layers: [],
  fit_only: [],
  iterators: [],
  layers_with_their_gradients: [],
  magics: [],
  matrices: [],
  missing_base: [],
  named_parameters: [],
  object_arrays: [],
  old_notebook: [],
  package_of_files: [],
  python_2: [],
  python_2_of_another_hand: [],
  tensor: [],
  tuple_of_four: [],
  two_layer_net: [],
  typed_configuration: [],
  x_and_y_inside: [],
  draws_its_own: ["overflow 1,2"],
  lists_of_neurons: ["overflow"],
  dense_updated: ["updated-weights 1,2"],
  everything_in_train: ["derivative-of-activation 1", "overflow 1,2"],
  lab_layers: ["scale 1,2,3"],
  leaky: ["wrong-activation 1"],
  kaggle_columns: ["bias-reduction 1,2", "overflow 1,2"],
  own_network: ["error-for-delta 1"],
  prime_of_activation: ["derivative-of-activation 1,2"],
  scalars_as_bias_gradients: ["bias-reduction 1,2", "overflow 1,2"],
  sum_over_the_rows: ["rows-interact", "bias-reduction 1,2", "overflow 1,2"],
};

/** The line that is named for a finding; undefined where none may be. */
const LINES: Readonly<Record<string, readonly [id: string, source: string | undefined]>> = {
  kaggle_columns: ["bias-reduction", "db1 = 1 / m * np.sum(dZ1)"],
  sum_over_the_rows: ["bias-reduction", undefined],
};

const EXAMPLES = 45;
const BATCH = 7;

for (const [name, expected] of Object.entries(PROGRAMS)) {
  test(`${name}.py: ${expected.join(" + ") || "nothing"}`, NEEDS_PYTHON, async () => {
    const file = fileURLToPath(new URL(`../python/${name}.py`, import.meta.url));
    const [program] = await loadProgram(file, PYTHON!);
    const { layerSizes = [12, 7, 5, 10], hiddenActivation, outputLoss, convention } =
      program.network ?? {};
    const network: Network = {
      layerSizes,
      hiddenActivation: hiddenActivation ?? "sigmoid",
      outputLoss: outputLoss ?? "sigmoid-quadratic",
      convention,
    };
    const random = problemOf(network, EXAMPLES, BATCH);
    const labels = random.dataset.labels.map((_, n) => n % 10);
    const problem = { ...random, dataset: { ...random.dataset, labels } };
    const initial = initialParameters(network, "scaled-normal", 1);
    const kernel = await program.open(problem);
    try {
      const { verdict, ...why } = await verify(kernel, program.precision, problem, initial);
      const isWrong = expected.some((one) => !one.startsWith("overflow"));
      const right = program.precision === "float32" ? "lower-precision" : "reordered";
      assert.equal(verdict, isWrong ? "wrong" : right, JSON.stringify(why));
    } finally {
      await kernel[Symbol.asyncDispose]();
    }
    const findings = await examineGradient(program, problem, initial, 1);
    findings.forEach(assertSpeaks);
    const told = findings.map(({ id, layers }) => [id, layers.join()].filter(Boolean).join(" "));
    assert.deepEqual(told, expected);
    if (name in LINES) {
      const [wanted, source] = LINES[name];
      const found = findings.find(({ id }) => id === wanted)!;
      assert.equal("place" in found ? found.place?.source : undefined, source);
    }
  });
}
