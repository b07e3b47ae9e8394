import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import test from "node:test";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { writePrepared } from "../../src/data/prepared.ts";
import { balancedOrder, takeSubset } from "../../src/data/subset.ts";
import { syntheticDigits } from "../../src/data/synthetic.ts";
import { createEvaluator } from "../../src/model/evaluate.ts";
import { initialParameters } from "../../src/model/initialise.ts";
import { HIDDEN_ACTIVATIONS, type Network, OUTPUT_LOSSES } from "../../src/model/network.ts";
import { epochOrder, minibatches } from "../../src/model/order.ts";
import { referenceGradient } from "../../src/model/reference.ts";
import { descend } from "../../src/model/sgd.ts";
import { pythonCommands } from "../../src/sweep/interpreters.ts";
import { type AvailablePeer, findPeers, PEERS } from "../../src/sweep/peers.ts";
import type { PeerRequest } from "../../src/trial/verify_peer.ts";
import type { TrialRecord } from "../../src/format/trial_record.ts";
import { commandFor, findRuntime } from "../../src/trial/runtimes.ts";
import { runTrial } from "../../src/trial/run_trial.ts";
import { skipOutsideDeno, SLOW } from "../../tests/support/slow.ts";
import { unavailableText } from "../../src/report/reason_words.ts";

const EXAMPLES = 45;
/** 45 = 6 · 7 + 3: the last minibatch is ragged. */
const BATCH_SIZE = 7;
const RATE = 1;
/** Fewer than the epochs of the tests: a peer must start again from the first. */
const ORDERS = 2;

const TRAIN = syntheticDigits(EXAMPLES, 1, "train");
const TEST = syntheticDigits(200, 1, "test");

const found = await findRuntime(CURRENT_RUNTIME.name);
const programs = await findPeers(
  PEERS.map(({ name }) => name),
  found.available ? found.runtime : undefined,
  pythonCommands(process.env),
);

for (const entry of programs) {
  const { name } = entry.peer;
  const skip = reasonToSkip(entry);
  if (skip) console.error(`skipped: ${skip}`);

  test(
    `${name} computes the gradient of the oracle`,
    { ...SLOW, skip: skipOutsideDeno || skip },
    async () => {
      await inFolder(async (folder) => {
        for (const layerSizes of [[784, 10], [784, 9, 1, 6, 10]]) {
          for (const hiddenActivation of layerSizes.length > 2 ? HIDDEN_ACTIVATIONS : ["tanh"]) {
            for (const outputLoss of OUTPUT_LOSSES) {
              const network = { layerSizes, hiddenActivation, outputLoss } as Network;
              const record = await run(entry, requestOf(entry, folder, network, 1));
              const where = `${layerSizes.join("-")}, ${hiddenActivation}, ${outputLoss}`;
              assert.equal(record.reasons, undefined, where);
              assert.equal(record.status, "ok", where);
            }
          }
        }
      });
    },
  );

  test(`${name} trains as the oracle does, epoch by epoch`, {
    ...SLOW,
    skip: skipOutsideDeno || skip,
  }, async () => {
    await inFolder(async (folder) => {
      const network: Network = {
        layerSizes: [784, 16, 16, 10],
        hiddenActivation: "sigmoid",
        outputLoss: "sigmoid-quadratic",
      };
      const epochs = ORDERS + 1;
      const record = await run(entry, {
        ...requestOf(entry, folder, network, 1),
        training: { epochs },
      });
      assert.equal(record.reasons, undefined);
      const expected = trainOracle(network, epochs);
      const actual = record.training?.epochs ?? [];
      assert.deepEqual(actual.map(({ epoch }) => epoch), expected.map(({ epoch }) => epoch));
      for (const [e, { loss, testAccuracy }] of expected.entries()) {
        assertNear(actual[e].loss ?? NaN, loss, 1e-5);
        // One or two of the 200 may lie so near to a border that rounding decides.
        assertNear(actual[e].testAccuracy, testAccuracy, 0.011);
      }
    });
  });

  test(`${name} predicts its pace and takes the samples asked for`, {
    ...SLOW,
    skip: skipOutsideDeno || skip,
  }, async () => {
    await inFolder(async (folder) => {
      const network: Network = {
        layerSizes: [784, 5, 10],
        hiddenActivation: "relu",
        outputLoss: "softmax-cross-entropy",
      };
      let pace = 0;
      const record = await run(entry, {
        ...requestOf(entry, folder, network, 2),
        pace: { forNs: 1e8 },
        sampling: { engine: "ordered", budgetNs: 1e6, minSamples: 2, minSampleNs: 3e8 },
      }, (nsPerExample) => pace = nsPerExample);
      assert.equal(record.reasons, undefined);
      assert.ok(pace > 0);
      assert.equal(record.samplesNs.length, 2); // the budget is over after the first
      assert.ok(record.samplesNs.every((ns) => ns > 0));
      assert.ok((record.epochsPerSample ?? 0) > 1, "an epoch is shorter than the shortest sample");
      assert.ok((record.interference?.wallNs ?? 0) > 0);
      assert.ok((record.interference?.cpuNs ?? 0) > 0);
      assert.ok((record.memory?.dataBytes ?? 0) >= (EXAMPLES + TEST.count) * 785);
    });
  });

  test(
    `${name} exits in the middle of its work when its parent is gone`,
    { ...SLOW, skip: skipOutsideDeno || skip },
    async () => {
      await inFolder(async (folder) => {
        const network: Network = {
          layerSizes: [784, 10],
          hiddenActivation: "sigmoid",
          outputLoss: "sigmoid-quadratic",
        };
        const { code, text } = await abandon(entry, {
          ...requestOf(entry, folder, network, 1),
          pace: { forNs: 1 },
          sampling: { engine: "ordered", budgetNs: 3e11, minSamples: 1, minSampleNs: 1 },
        });
        assert.match(text, /"pace"/);
        assert.equal(code, 0, text);
      });
    },
  );
}

/** Why a peer cannot be tested, false when it can. */
function reasonToSkip({ peer, described }: AvailablePeer): string | false {
  const { availability } = described;
  return availability.available ? false : `${peer.name}: ${unavailableText(availability.reason)}`;
}

function assertNear(actual: number, expected: number, relative: number): void {
  assert.ok(
    Math.abs(actual - expected) <= relative * Math.abs(expected),
    `${actual}, expected ${expected} within ${relative}`,
  );
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "slope peers-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A request to verify alone; stages are added by the tests. */
function requestOf(
  { peer }: AvailablePeer,
  folder: string,
  network: Network,
  seed: number,
): PeerRequest {
  const own = join(folder, "peer");
  mkdirSync(own, { recursive: true });
  const initial = join(own, "initial.f64");
  const orders = join(own, "orders.u32");
  writeFileSync(initial, new Uint8Array(startOf(network, seed).buffer));
  const rows = new Uint32Array(ORDERS * EXAMPLES);
  for (let e = 0; e < ORDERS; e++) rows.set(epochOrder(EXAMPLES, seed, e + 1), e * EXAMPLES);
  writeFileSync(orders, new Uint8Array(rows.buffer));
  return {
    type: "run",
    protocol: 1,
    cell: {
      ...network,
      layerSizes: [...network.layerSizes],
      rate: RATE,
      implementation: peer.name,
      runtime: peer.language === "python" ? "python" : CURRENT_RUNTIME.name,
      examples: EXAMPLES,
      batchSize: BATCH_SIZE,
      precision: peer.precision,
      threads: 1,
      seed,
    },
    data: writePrepared(folder, { train: TRAIN, test: TEST }, seed, EXAMPLES),
    initialisation: "scaled-normal",
    keepWrong: false,
    peer: { initial, orders, orderCount: ORDERS },
  };
}

const startOf = (network: Network, seed: number) =>
  initialParameters(network, "scaled-normal", seed);

async function run(
  entry: AvailablePeer,
  request: PeerRequest,
  onPace?: (nsPerExample: number) => void,
): Promise<TrialRecord> {
  assert.ok(entry.runtime);
  const record = await runTrial({
    runtime: entry.runtime,
    request,
    round: 1,
    needs: entry.described.needs,
    timeoutMs: 120_000,
    script: entry.program,
    onMessage(message) {
      if (message.type === "pace") onPace?.(message.nsPerExample);
    },
  });
  assert.ok(record);
  return record;
}

/** What training must give: the reference gradient and plain float64 updates. */
function trainOracle(network: Network, epochs: number) {
  const subset: Dataset = subsetOf(1);
  const parameters = startOf(network, 1);
  const gradient = new Float64Array(parameters.length);
  const evaluate = createEvaluator(network, TEST);
  return Array.from({ length: epochs }, (_, e) => {
    let total = 0;
    for (const batch of minibatches(epochOrder(EXAMPLES, 1, e % ORDERS + 1), BATCH_SIZE)) {
      total += referenceGradient(network, parameters, subset, batch, gradient) * batch.length;
      descend(parameters, gradient, RATE);
    }
    const { accuracy } = evaluate(parameters);
    return { epoch: e + 1, loss: total / EXAMPLES, testAccuracy: accuracy };
  });
}

/** The rows as the files of a request have them. */
function subsetOf(seed: number): Dataset {
  return takeSubset(TRAIN, balancedOrder(TRAIN.labels, TRAIN.classes, seed), EXAMPLES);
}

/** Starts a peer, lets it go on unverified, closes its standard input when it samples, and waits for its end. */
function abandon(
  { program, runtime }: AvailablePeer,
  request: PeerRequest,
): Promise<{ code: number | null; text: string }> {
  assert.ok(runtime);
  const folder = dirname(request.data.testPixels);
  const read = [folder, dirname(program)];
  const { command, args } = commandFor(runtime, program, { read, needs: [], peerWrites: [folder] });
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    const tooLate = setTimeout(() => child.kill("SIGKILL"), 30_000); // its code is then null
    let text = "";
    child.stdout.on("data", (chunk: { toString(): string }) => {
      text += chunk.toString();
      if (text.includes(`"pace"`)) child.stdin.end();
      else if (text.includes(`"ready"`)) child.stdin.write('{"type":"continue"}\n');
    });
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(tooLate);
      resolve({ code, text });
    });
    child.stdin.write(JSON.stringify(request) + "\n");
  });
}
