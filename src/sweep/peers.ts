import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cannotFind } from "../base/closest.ts";
import type { Precision } from "../gradients/contract.ts";
import { ask } from "../trial/ask.ts";
import { PROTOCOL_VERSION } from "../format/protocol.ts";
import type { Unavailable } from "../format/reason.ts";
import type { Runtime } from "../trial/runtimes.ts";
import { findPython } from "./interpreters.ts";
import { type Described, describedBy } from "./schedule.ts";

/** A program that uses another library instead of Slope's code, and speaks docs/PROTOCOL.md. */
export interface Peer {
  readonly name: string;
  /** "javascript" runs in the first runtime of the sweep. */
  readonly language: "python" | "javascript";
  readonly precision: Precision;
  /** It runs with each thread count of the plan; other peers run with 1. */
  readonly threads?: true;
}

/** To add a peer, add a file to bench/peers/ and a line here. */
export const PEERS: readonly Peer[] = [
  { name: "numpy_question", language: "python", precision: "float64", threads: true },
  { name: "numpy_batch", language: "python", precision: "float32", threads: true },
  { name: "torch_autograd", language: "python", precision: "float32", threads: true },
  { name: "tfjs_wasm", language: "javascript", precision: "float32" },
  { name: "jax_js", language: "javascript", precision: "float32" },
];

/** A peer and how it describes itself. It cannot run without a runtime. */
export interface AvailablePeer {
  readonly peer: Peer;
  readonly program: string;
  readonly runtime?: Runtime;
  readonly described: Described;
}

const FOLDER = fileURLToPath(new URL("../../bench/peers/", import.meta.url));
const programOf = ({ name, language }: Peer): string =>
  join(FOLDER, `${name}.${language === "python" ? "py" : "ts"}`);

/** Importing a library as large as PyTorch from a cold disk takes seconds. */
const DESCRIBE_TIMEOUT_MS = 60_000;

/** The names given, or every name for "all". Throws InputError for an unknown name. */
export function choosePeers(given: readonly string[]): string[] {
  const known = PEERS.map(({ name }) => name);
  const unknown = given.find((name) => name !== "all" && !known.includes(name));
  if (unknown !== undefined) {
    throw cannotFind("peer", unknown, known, `known are ${known.join(", ")}, and all`);
  }
  return given.includes("all") ? known : [...new Set(given)];
}

/**
 * Starts each of these peers and asks what it needs. `javascript` runs those written in it. `pythons` are tried in
 * order until one imports what the peer needs.
 */
export async function findPeers(
  names: readonly string[],
  javascript: Runtime | undefined,
  pythons: readonly string[],
  signal?: AbortSignal,
): Promise<AvailablePeer[]> {
  const peers = PEERS.filter(({ name }) => names.includes(name));
  const needsPython = peers.some(({ language }) => language === "python");
  const asked = needsPython ? await Promise.all(pythons.map(findPython)) : [];
  const tried = asked.flatMap((one) => "message" in one ? [one] : []);
  const runtimesOf: Record<Peer["language"], readonly Runtime[]> = {
    python: asked.flatMap((one) => "message" in one ? [] : [one]),
    javascript: javascript === undefined ? [] : [javascript],
  };
  return await Promise.all(peers.map(async (peer): Promise<AvailablePeer> => {
    const { language } = peer;
    let first: AvailablePeer | undefined;
    for (const runtime of runtimesOf[language]) {
      const entry = await askPeer(peer, runtime, signal);
      if (entry.described.availability.available) return entry;
      first ??= entry;
    }
    const why = { kind: "no-language", language, ...(language === "python" && { tried }) } as const;
    return first ?? missing(peer, why);
  }));
}

async function askPeer(
  peer: Peer,
  runtime: Runtime,
  signal: AbortSignal | undefined,
): Promise<AvailablePeer> {
  const program = programOf(peer);
  const answer = await ask(runtime, { type: "describe", protocol: PROTOCOL_VERSION }, {
    script: program,
    permissions: { read: [FOLDER], needs: [], peerWrites: [] },
    timeoutMs: DESCRIBE_TIMEOUT_MS,
    signal,
  });
  const told = answer.ended === "reply"
    ? answer.reply.find(({ name }) => name === peer.name)
    : undefined;
  if (told === undefined) {
    const reason: Unavailable = answer.ended === "failed"
      ? { kind: "not-probed", failure: answer.failure }
      : { kind: "not-offered", runtime: runtime.name };
    return { ...missing(peer, reason), runtime };
  }
  return { peer, program, runtime, described: { ...describedBy(told), ...known(peer) } };
}

/** These fields decide the cells. They come from the list above, so that a missing peer has the same cells. */
function known({ name, precision, threads }: Peer) {
  return { name, precision, needs: threads ? ["threads" as const] : [] };
}

function missing(peer: Peer, reason: Unavailable): AvailablePeer {
  const availability = { available: false as const, reason };
  return {
    peer,
    program: programOf(peer),
    described: { ...known(peer), summary: "", availability },
  };
}
