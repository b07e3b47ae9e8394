import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CURRENT_RUNTIME } from "../base/runtime.ts";
import { writePrepared } from "../data/prepared.ts";
import { initialParameters } from "../model/initialise.ts";
import { epochOrder } from "../model/order.ts";
import { type Message, PROTOCOL_VERSION } from "../format/protocol.ts";
import type { TrialRecord } from "../format/trial_record.ts";
import { findRuntime } from "./runtimes.ts";
import { runTrial } from "./run_trial.ts";
import { NETWORK, problemOf } from "../../tests/support/canonical_kernel.ts";
import { reasonOf } from "../../tests/support/trials.ts";

const REFERENCE = new URL("../model/reference.ts", import.meta.url).href;
const PREPARED = new URL("../data/prepared.ts", import.meta.url).href;
const EXAMPLES = 43;

/**
 * A peer in JavaScript, float64: the oracle itself, changed by `gradient` (a statement about `gradient`,
 * `loss` and `line`), which opens with `opening` and says `afterwards` once it may go on.
 */
const peerCode = ({ gradient = "", opening = "", afterwards = "" }) => `
  import process from "node:process";
  import { readFileSync, writeFileSync } from "node:fs";
  import { referenceGradient } from ${JSON.stringify(REFERENCE)};
  import { readPrepared } from ${JSON.stringify(PREPARED)};
  const say = (message) => process.stdout.write(JSON.stringify(message) + "\\n");
  const read = (path) => new Float64Array(Uint8Array.from(readFileSync(path)).buffer);
  say({ type: "hello", protocol: 1, runtime: "${CURRENT_RUNTIME.name}", version: "0" });
  let request, subset, text = "";
  process.stdin.on("data", (chunk) => {
    const lines = (text + chunk).split("\\n");
    text = lines.pop();
    for (const line of lines) take(JSON.parse(line));
  });
  function take(line) {
    if (line.type === "run") {
      request = line;
      subset = readPrepared(line.data, line.cell.examples).subset;
      say({ type: "opened", loadNs: 1, openNs: 1 });
      ${opening}
      say({ type: "ready" });
    } else if (line.type === "gradient") {
      const parameters = read(line.parameters);
      const gradient = new Float64Array(parameters.length);
      let loss = referenceGradient(
        request.cell, parameters, subset, Uint32Array.from(line.batch), gradient);
      let bytes = new Uint8Array(gradient.buffer);
      ${gradient}
      if (bytes) writeFileSync(line.gradient, bytes);
      say({ type: "gradient", loss });
    } else {
      if (line.type === "continue") { ${afterwards} }
      say({ type: "done", memory: {} });
    }
  }
`;

async function trialOf(
  code: Parameters<typeof peerCode>[0],
  keepWrong = false,
): Promise<{ record: TrialRecord; messages: Message[] }> {
  const folder = mkdtempSync(join(tmpdir(), "slope-peer-"));
  const { dataset } = problemOf(NETWORK, EXAMPLES);
  const peer = {
    initial: join(folder, "initial.f64"),
    orders: join(folder, "orders.u32"),
    orderCount: 1,
  };
  const initial = initialParameters(NETWORK, "scaled-normal", 1);
  writeFileSync(peer.initial, new Uint8Array(initial.buffer));
  writeFileSync(peer.orders, new Uint8Array(epochOrder(EXAMPLES, 1, 1).buffer));
  const script = join(folder, "peer.mjs");
  writeFileSync(script, peerCode(code));
  const found = await findRuntime(CURRENT_RUNTIME.name);
  assert.ok(found.available);
  const messages: Message[] = [];
  try {
    const record = await runTrial({
      runtime: found.runtime,
      round: 1,
      needs: [],
      timeoutMs: 30_000,
      script,
      onMessage: (message) => messages.push(message),
      request: {
        type: "run",
        protocol: PROTOCOL_VERSION,
        cell: {
          implementation: "a_peer",
          runtime: found.runtime.name,
          examples: EXAMPLES,
          batchSize: 10,
          layerSizes: [...NETWORK.layerSizes],
          hiddenActivation: NETWORK.hiddenActivation,
          outputLoss: NETWORK.outputLoss,
          rate: 3,
          precision: "float64",
          threads: 1,
          seed: 1,
        },
        data: writePrepared(folder, { train: dataset, test: dataset }, 1, EXAMPLES),
        initialisation: "scaled-normal",
        keepWrong,
        peer,
      },
    });
    assert.ok(record);
    return { record, messages };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const typesOf = (messages: readonly Message[]): string[] => messages.map(({ type }) => type);

test("a peer that is right is verified by the parent and told to continue", async () => {
  const { record, messages } = await trialOf({
    afterwards: 'say({ type: "pace", nsPerExample: 7 });',
  });
  assert.equal(record.status, "ok", reasonOf(record));
  assert.equal(record.verification?.verdict, "exact");
  assert.ok((record.durations?.verifyNs ?? 0) > 0);
  const gradients = typesOf(messages).filter((type) => type === "gradient").length;
  assert.equal(gradients, 15, "five minibatches at three points");
  assert.deepEqual(typesOf(messages).slice(-3), ["verified", "pace", "done"]);
});

const WRONG = "gradient[gradient.length - 1] *= 1.001;";

test("a peer that is wrong is caught, and is told to stop", async () => {
  const { record, messages } = await trialOf({
    gradient: WRONG,
    afterwards: 'say({ type: "pace", nsPerExample: 7 });',
  });
  assert.equal(record.status, "failed");
  assert.match(reasonOf(record), /wrong gradient: bias gradient of layer 3/);
  assert.equal(record.verification?.verdict, "wrong");
  assert.ok(!typesOf(messages).includes("pace"));
  assert.equal(messages.at(-1)?.type, "done");
});

test("a wrong peer goes on when wrong implementations are kept", async () => {
  const { record, messages } = await trialOf({
    gradient: WRONG,
    afterwards: 'say({ type: "pace", nsPerExample: 7 });',
  }, true);
  assert.equal(record.status, "ok", reasonOf(record));
  assert.ok(typesOf(messages).includes("pace"));
});

test("a wrong loss, and one that is not a number, are caught", async () => {
  const half = await trialOf({ gradient: "loss /= 2;" });
  assert.match(reasonOf(half.record), /wrong gradient: loss/);
  const absent = await trialOf({ gradient: "loss = undefined;" });
  assert.match(reasonOf(absent.record), /wrong gradient: loss.*NaN/);
});

test("a gradient file that is not written, or cut, fails the trial", async () => {
  const absent = await trialOf({ gradient: "if (line.batch.length === 1) bytes = undefined;" });
  assert.match(reasonOf(absent.record), /verify: .*gradient\.f64/);
  const cut = await trialOf({ gradient: "bytes = bytes.subarray(8);" });
  assert.match(reasonOf(cut.record), /verify: Cannot read .* bytes, expected 562 numbers/);
});

test("a peer cannot pass its own verdict, nor measure before it is verified", async () => {
  const verdict =
    `{ type: "verified", verifyNs: 1, verification: { verdict: "exact", tolerance: 1 } }`;
  const own = await trialOf({ opening: `say(${verdict});` });
  assert.match(reasonOf(own.record), /verify: it sent a verdict of its own/);
  assert.equal(own.record.status, "failed");
  const early = await trialOf({ opening: 'say({ type: "pace", nsPerExample: 1 });' });
  assert.match(reasonOf(early.record), /verify: it sent "pace" before it was verified/);
  const unasked = await trialOf({ opening: 'say({ type: "gradient", loss: 1 });' });
  assert.match(reasonOf(unasked.record), /verify: it sent "gradient" unasked/);
  const twice = await trialOf({ opening: 'say({ type: "ready" });' });
  assert.match(reasonOf(twice.record), /verify: it sent "ready" a second time/);
});

test("a peer that ends without being verified has failed", async () => {
  const { record } = await trialOf({ opening: 'say({ type: "done", memory: {} });' });
  assert.match(reasonOf(record), /ended without a verification/);
});

test("a peer that dies during its verification has failed, with its last words", async () => {
  const { record } = await trialOf({
    gradient: `if (line.batch.length === 7) {
      process.stderr.write("no luck today\\n", () => process.exit(3));
      return;
    }`,
  });
  assert.match(reasonOf(record), /ended early \(exit code 3\), after "gradient".*no luck today/);
});
