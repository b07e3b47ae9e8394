import { Buffer } from "node:buffer";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { readPrepared } from "../data/prepared.ts";
import type { AsyncKernel } from "../gradients/contract.ts";
import { canonicalLayout } from "../model/layout.ts";
import type { LiveChild } from "./launch.ts";
import type { Message, RunRequest } from "../format/protocol.ts";
import type { Failure } from "../format/reason.ts";
import { verify } from "../check/verify_kernel.ts";

type Verified = Extract<Message, { type: "verified" }>;

export type PeerRequest = RunRequest & { readonly peer: NonNullable<RunRequest["peer"]> };

export const isPeerRequest = (request: RunRequest): request is PeerRequest =>
  request.peer !== undefined;

/**
 * Verifies a peer, which has no oracle, from the parent's side: returns a listener for all its messages. When the peer
 * is `ready`, this asks for its gradients and compares them; `onVerified` gets the verdict as Slope's own child sends
 * it. A peer that measures before its verdict, or sends one, fails.
 */
export function verifierOf(
  request: PeerRequest,
  clock: Clock,
  onVerified: (message: Verified) => void,
): (message: Message, child: LiveChild) => void {
  let state: "opening" | "verifying" | "verified" = "opening";
  let answer: ((loss: number) => void) | undefined;
  return (message, child) => {
    switch (message.type) {
      case "ready": {
        if (state !== "opening") return child.fail(outOfTurn("ready", "repeated"));
        state = "verifying";
        const ask = (batch: Uint32Array, files: Files): Promise<number> =>
          new Promise((resolve) => {
            answer = resolve;
            child.tell({ type: "gradient", batch: [...batch], ...files });
          });
        verifyRemotely(request, clock, ask).then((verified) => {
          state = "verified";
          onVerified(verified);
          const isWrong = verified.verification.verdict === "wrong";
          child.tell({ type: isWrong && !request.keepWrong ? "stop" : "continue" });
        }).catch((error) =>
          child.fail({ kind: "stage-failed", stage: "verify", message: messageOf(error) })
        );
        return;
      }
      case "gradient":
        if (answer === undefined) return child.fail(outOfTurn("gradient", "unasked"));
        answer(message.loss ?? NaN);
        answer = undefined;
        return;
      case "verified":
        return child.fail(outOfTurn("verified", "own-verdict"));
      case "pace":
      case "epoch":
      case "samples":
        if (state !== "verified") {
          return child.fail(outOfTurn(message.type, "before-verified"));
        }
    }
  };
}

type OutOfTurn = Extract<Failure, { kind: "out-of-turn" }>;

const outOfTurn = (sent: Message["type"], problem: OutOfTurn["problem"]): OutOfTurn => ({
  kind: "out-of-turn",
  sent,
  problem,
});

interface Files {
  readonly parameters: string;
  readonly gradient: string;
}

type Ask = (batch: Uint32Array, files: Files) => Promise<number>;

async function verifyRemotely(request: PeerRequest, clock: Clock, ask: Ask): Promise<Verified> {
  const { cell } = request;
  const start = clock();
  const { subset } = readPrepared(request.data, cell.examples);
  const problem = {
    network: cell,
    dataset: subset,
    maxBatchSize: cell.batchSize,
    threads: cell.threads,
  };
  const initial = readNumbers(request.peer.initial, canonicalLayout(cell).length);
  const kernel = remoteKernel(request, ask);
  const verification = await verify(kernel, cell.precision, problem, initial);
  return { type: "verified", verifyNs: clock() - start, verification };
}

/** A kernel in canonical layout whose gradients another process computes. */
function remoteKernel({ cell, peer }: PeerRequest, ask: Ask): AsyncKernel {
  const layout = canonicalLayout(cell);
  const Numbers = cell.precision === "float32" ? Float32Array : Float64Array;
  const parameters = new Numbers(layout.length);
  const gradient = new Numbers(layout.length);
  const folder = dirname(peer.initial);
  const files: Files = {
    parameters: join(folder, "point.f64"),
    gradient: join(folder, "gradient.f64"),
  };
  return {
    mode: "async",
    layout,
    parameters,
    gradient,
    async lossAndGradient(batch) {
      writeNumbers(files.parameters, parameters);
      rmSync(files.gradient, { force: true }); // an earlier gradient is no answer
      const loss = await ask(batch, files);
      gradient.set(readNumbers(files.gradient, layout.length));
      return loss;
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** Writes numbers as raw float64, little-endian as on every supported machine. */
export function writeNumbers(path: string, numbers: Float32Array | Float64Array): void {
  writeFileSync(path, new Uint8Array(Float64Array.from(numbers).buffer));
}

function readNumbers(path: string, count: number): Float64Array {
  const bytes: Buffer = readFileSync(path);
  if (bytes.length !== 8 * count) {
    throw new RangeError(
      `Cannot read ${path}: ${bytes.length} bytes, expected ${count} numbers of 8 bytes`,
    );
  }
  return new Float64Array(Uint8Array.from(bytes).buffer);
}
