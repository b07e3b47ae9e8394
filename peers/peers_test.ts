import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import test from "node:test";
import { CURRENT_RUNTIME } from "../src/base/runtime.ts";
import { writePrepared } from "../src/data/prepared.ts";
import { balancedOrder, takeSubset } from "../src/data/subset.ts";
import { syntheticDigits } from "../src/data/synthetic.ts";
import type { RunRequest } from "../src/format/request.ts";
import type { TrialRecord } from "../src/format/trial_record.ts";
import { createEvaluator } from "../src/model/evaluate.ts";
import { initialParameters } from "../src/model/initialise.ts";
import { HIDDEN_ACTIVATIONS, type Network, OUTPUT_LOSSES } from "../src/model/network.ts";
import { epochOrder, minibatches } from "../src/model/order.ts";
import { referenceGradient } from "../src/model/reference.ts";
import { descend } from "../src/model/sgd.ts";
import { unavailableText } from "../src/report/reason_words.ts";
import { pythonCommands } from "../src/sweep/interpreters.ts";
import { type AvailablePeer, findPeers, PEERS } from "../src/sweep/peers.ts";
import { runTrial } from "../src/trial/run_trial.ts";
import { findRuntime } from "../src/trial/runtimes.ts";
import { SLOW } from "../tests/support/slow.ts";
import { skipFor } from "../tests/support/skips.ts";

/** Nanoseconds. */
const MIN_SAMPLE_NS = 3e8;
const EXAMPLES = 45;
/** 45 = 6 · 7 + 3: the last minibatch is ragged. */
const BATCH_SIZE = 7;
const RATE = 1;

const TRAIN = syntheticDigits(EXAMPLES, 1, "train");
const TEST = syntheticDigits(200, 1, "test");

const found = await findRuntime(CURRENT_RUNTIME.name);
const host = found.available ? found.runtime : undefined;

for (const entry of await findPeers(PEERS, host, pythonCommands(process.env))) {
  const { name, described: { network: fixed = {} } } = entry;
  const skip = skipFor(reasonToSkip(entry));

  test(`${name} computes the gradient of the oracle`, { ...SLOW, skip }, async () => {
    for (const layerSizes of [[784, 10], [784, 9, 1, 6, 10]]) {
      const own = fixed.hiddenActivation ?? (layerSizes.length > 2 ? undefined : "tanh");
      for (const hiddenActivation of own ? [own] : HIDDEN_ACTIVATIONS) {
        for (const outputLoss of fixed.outputLoss ? [fixed.outputLoss] : OUTPUT_LOSSES) {
          const network = { layerSizes, hiddenActivation, outputLoss } as Network;
          const record = await run(entry, network, {});
          const where = `${layerSizes.join("-")}, ${hiddenActivation}, ${outputLoss}`;
          assert.equal(record.reasons, undefined, where);
          assert.notEqual(record.verification?.verdict, "wrong", where);
        }
      }
    }
  });

  test(`${name} trains as the oracle does, epoch by epoch`, { ...SLOW, skip }, async () => {
    const network: Network = {
      layerSizes: [784, 16, 16, 10],
      hiddenActivation: "sigmoid",
      outputLoss: "sigmoid-quadratic",
    };
    const epochs = 3;
    const record = await run(entry, network, { training: { epochs } });
    assert.equal(record.reasons, undefined);
    assert.ok((record.rechecks?.steps ?? 0) > 0, "it was audited");
    const actual = record.training?.epochs ?? [];
    for (const [e, { loss, testAccuracy }] of trainOracle(network, epochs).entries()) {
      assertNear(actual[e].loss ?? NaN, loss, 1e-5);
      // One or two of the 200 may lie so near to a border that rounding decides.
      assertNear(actual[e].testAccuracy!, testAccuracy!, 0.011);
    }
  });

  test(`${name} predicts its pace and takes the samples asked for`, { ...SLOW, skip }, async () => {
    const network: Network = {
      layerSizes: [784, 5, 10],
      hiddenActivation: fixed.hiddenActivation ?? "relu",
      outputLoss: fixed.outputLoss ?? "softmax-cross-entropy",
    };
    let pace = 0;
    const record = await run(entry, network, {
      pace: { forNs: 1e8 },
      sampling: { engine: "ordered", budgetNs: 1e6, minSamples: 2, minSampleNs: MIN_SAMPLE_NS },
    }, (nsPerExample) => pace = nsPerExample);
    assert.equal(record.reasons, undefined);
    assert.ok(pace > 0);
    assert.equal(record.samplesNs.length, 2); // the budget is over after the first
    assert.ok(record.samplesNs.every((ns) => ns > 0));
    // Only automatic differentiation of single numbers takes longer for an epoch than the shortest sample.
    const isShort = pace * EXAMPLES < MIN_SAMPLE_NS / 4;
    assert.ok((record.epochsPerSample ?? 1) > 1 || !isShort, "several short epochs are a sample");
    assert.ok((record.interference?.cpuNs ?? 0) > 0);
    assert.ok((record.memory?.dataBytes ?? 0) >= (EXAMPLES + TEST.count) * 785);
  });
}

/** Why a peer cannot be tested, false when it can. */
function reasonToSkip({ name, described: { availability } }: AvailablePeer): string | false {
  return availability.available ? false : `${name}: ${unavailableText(availability.reason)}`;
}

function assertNear(actual: number, expected: number, relative: number): void {
  assert.ok(
    Math.abs(actual - expected) <= relative * Math.abs(expected),
    `${actual}, expected ${expected} within ${relative}`,
  );
}

async function run(
  { name, plugin, runtime, interpreter, described }: AvailablePeer,
  network: Network,
  stages: Pick<RunRequest, "pace" | "training" | "sampling">,
  onPace?: (nsPerExample: number) => void,
): Promise<TrialRecord> {
  const folder = mkdtempSync(join(tmpdir(), "slope peers-"));
  try {
    const record = await runTrial({
      runtime: runtime!,
      round: 1,
      needs: [],
      timeoutMs: 120_000,
      ...(interpreter === undefined && { packages: true }),
      request: {
        type: "run",
        protocol: 1,
        cell: {
          ...network,
          layerSizes: [...network.layerSizes],
          implementation: name,
          runtime: interpreter ? "python" : CURRENT_RUNTIME.name,
          examples: EXAMPLES,
          batchSize: BATCH_SIZE,
          rate: RATE,
          precision: described.precision,
          threads: 1,
          seed: 1,
        },
        plugin,
        ...(interpreter && { python: interpreter.path }),
        data: writePrepared(folder, { train: TRAIN, test: TEST }, 1, EXAMPLES),
        initialisation: "scaled-normal",
        keepWrong: false,
        ...stages,
      },
      onMessage(message) {
        if (message.type === "pace") onPace?.(message.nsPerExample);
      },
    });
    assert.ok(record);
    return record;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What training must give: the reference gradient and plain float64 updates. */
function trainOracle(network: Network, epochs: number) {
  const subset = takeSubset(TRAIN, balancedOrder(TRAIN.labels, TRAIN.classes, 1), EXAMPLES);
  const parameters = initialParameters(network, "scaled-normal", 1);
  const gradient = new Float64Array(parameters.length);
  const evaluate = createEvaluator(network, TEST);
  return Array.from({ length: epochs }, (_, e) => {
    let total = 0;
    for (const batch of minibatches(epochOrder(EXAMPLES, 1, e + 1), BATCH_SIZE)) {
      total += referenceGradient(network, parameters, subset, batch, gradient) * batch.length;
      descend(parameters, gradient, RATE);
    }
    return { loss: total / EXAMPLES, testAccuracy: evaluate(parameters).accuracy };
  });
}
