/**
 * What the JavaScript peers share: the child's side of docs/PROTOCOL.md. A peer is a program that speaks
 * that protocol and computes with another library, here one from bench/peers/package.json.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { monotonicNs } from "../../src/base/clock.ts";
import { messageOf } from "../../src/base/errors.ts";
import { CURRENT_RUNTIME } from "../../src/base/runtime.ts";
import type { Dataset } from "../../src/data/dataset.ts";
import { readPrepared } from "../../src/data/prepared.ts";
import type { Availability } from "../../src/gradients/contract.ts";
import type { PeerRequest } from "../../src/trial/verify_peer.ts";
import type { Instruction, Message, Request } from "../../src/format/protocol.ts";
import { residentBytes } from "../../src/trial/meters.ts";
import { measure, type PeerKernel, readNumbers, stage, StageError } from "./slope_stages.ts";

/** One network and its data, for which a library is set up. */
export interface PeerProblem {
  readonly cell: PeerRequest["cell"];
  /** The subset; rows of minibatches refer to it. */
  readonly dataset: Dataset;
}

/** What a peer's program gives to `serve`. */
interface Peer {
  readonly name: string;
  readonly summary: string;
  /** The packages that it needs, the one that names the version first. */
  readonly packages: readonly string[];
  /** Starts the library on at most so many threads; throws where it cannot run. Called once, before `open`. */
  start(threads: number): Promise<void>;
  open(problem: PeerProblem): PeerKernel;
}

const PROTOCOL_VERSION = 1;

const require = createRequire(import.meta.url);

/**
 * A package of bench/peers/node_modules. Through `require`, because an import of a package that may be
 * missing fails the type check of those who did not install it, and because Deno would look for a bare
 * import in the configuration of the project.
 */
export const library = <T>(name: string): T => require(name) as T;

/** The folder of an installed package, with a slash at its end. */
export const packageFolder = (name: string): string =>
  fileURLToPath(new URL(`./node_modules/${name}/`, import.meta.url));

const write = process.stdout.write.bind(process.stdout);
const send = (message: Message): void => {
  write(JSON.stringify(message) + "\n");
};

/** Answers one request. The parent ends this process when it has read the last message. */
export async function serve(peer: Peer): Promise<void> {
  // What a library prints must not be taken for the protocol, and only the parent decides what Ctrl-C means.
  console.log = console.info = console.debug = console.error;
  process.on("SIGINT", () => {});
  const lines = readLines();
  send({
    type: "hello",
    protocol: PROTOCOL_VERSION,
    runtime: CURRENT_RUNTIME.name,
    version: CURRENT_RUNTIME.version,
  });
  try {
    const request = JSON.parse(await lines()) as Request;
    if (request.type === "describe") await describe(peer);
    else await run(peer, request as PeerRequest, lines);
  } catch (error) {
    const failedStage = error instanceof StageError ? error.stage : "start";
    const message = messageOf(error).replaceAll(/\s*\n\s*/g, " ").slice(0, 2000);
    send({ type: "failed", stage: failedStage, message });
  }
}

async function describe(peer: Peer): Promise<void> {
  const { name, summary } = peer;
  const availability = await availabilityOf(peer);
  send({
    type: "implementations",
    implementations: [
      {
        name,
        summary,
        precision: "float32",
        needs: [],
        backEnd: "wasm",
        availability,
      },
    ],
  });
}

async function availabilityOf(peer: Peer): Promise<Availability> {
  const versions: string[] = [];
  for (const name of peer.packages) {
    const version = installedVersion(name);
    if (version === undefined) {
      return {
        available: false,
        reason: `${name} is not installed; npm ci in bench/peers`,
      };
    }
    versions.push(`${name} ${version}`);
  }
  try {
    await peer.start(1);
  } catch (error) {
    return {
      available: false,
      reason: `${versions[0]} does not start here: ${messageOf(error)}`,
    };
  }
  return { available: true, version: versions[0] };
}

function installedVersion(name: string): string | undefined {
  try {
    const text = readFileSync(packageFolder(name) + "package.json", "utf8");
    return (JSON.parse(text) as { version: string }).version;
  } catch {
    return undefined;
  }
}

/** One cell from its data to its last sample. */
async function run(
  peer: Peer,
  request: PeerRequest,
  lines: () => Promise<string>,
): Promise<void> {
  const { cell } = request;
  const loadStart = monotonicNs();
  const { subset, test } = await stage(
    "load",
    () => readPrepared(request.data, cell.examples),
  );
  const loadedRssBytes = residentBytes();
  const openStart = monotonicNs();
  const kernel = await stage("open", async () => {
    await peer.start(cell.threads);
    return peer.open({ cell, dataset: subset });
  });
  send({
    type: "opened",
    loadNs: openStart - loadStart,
    openNs: monotonicNs() - openStart,
    threadsUsed: kernel.threadsUsed,
  });
  const openedRssBytes = residentBytes();
  if (await stage("verify", () => answerGradients(kernel, lines))) {
    await measure(kernel, request, test, send);
  }
  const dataBytes = [subset, test].reduce(
    (sum, set) => sum + set.pixels.length + set.count,
    0,
  );
  send({ type: "done", memory: { loadedRssBytes, openedRssBytes, dataBytes } });
}

/** The parent asks for gradients and compares them with its own. True when it says to go on. */
async function answerGradients(
  kernel: PeerKernel,
  lines: () => Promise<string>,
): Promise<boolean> {
  send({ type: "ready" });
  while (true) {
    const instruction = JSON.parse(await lines()) as Instruction;
    if (instruction.type !== "gradient") return instruction.type === "continue";
    kernel.load(readNumbers(instruction.parameters));
    const { loss, gradient } = kernel.lossAndGradient(
      Uint32Array.from(instruction.batch),
    );
    writeFileSync(instruction.gradient, new Uint8Array(gradient.buffer));
    send({ type: "gradient", ...(Number.isFinite(loss) && { loss }) });
  }
}

/** Lines of standard input, one at a call. Its end means that the parent is gone, and so is this process. */
function readLines(): () => Promise<string> {
  const ready: string[] = [];
  let waiting: ((line: string) => void) | undefined;
  let rest = "";
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    ready.push(...parts);
    if (waiting && ready.length > 0) {
      waiting(ready.shift()!);
      waiting = undefined;
    }
  });
  process.stdin.on("end", () => process.exit(0));
  return () =>
    new Promise((resolve) => {
      if (ready.length > 0) resolve(ready.shift()!);
      else waiting = resolve;
    });
}
