import { readdirSync } from "node:fs";
import { extname, join, parse } from "node:path";
import { cannotFind } from "../base/closest.ts";
import { known } from "../base/known.ts";
import { MODULE_ENDING, slopeFolder } from "../base/own_files.ts";
import { type Answer, ask } from "../trial/ask.ts";
import { kindOf } from "../trial/program/kinds.ts";
import { PROTOCOL_VERSION } from "../format/protocol_version.ts";
import type { DescribeRequest } from "../format/request.ts";
import type { Unavailable } from "../format/reason.ts";
import { packageFoldersOf } from "../trial/plugin_project.ts";
import type { Runtime } from "../trial/runtimes.ts";
import { findPython } from "./interpreters.ts";
import { type Described, describedBy } from "./schedule.ts";

/** A plug-in that comes with Slope and uses another library, and how it describes itself. */
export interface AvailablePeer {
  readonly name: string;
  /** Path of its file. */
  readonly plugin: string;
  /** Whose process runs it or talks to it; a peer without one cannot run. */
  readonly runtime?: Runtime;
  /** Interpreter of a peer in Python. */
  readonly interpreter?: Runtime;
  readonly described: Described;
}

/** Its packages and requirement files lie beside the peers. */
export const PEERS_FOLDER = join(slopeFolder(), "peers/");

/** To add a peer, add its file to that folder. */
const FILES: ReadonlyMap<string, string> = new Map(
  readdirSync(PEERS_FOLDER).sort()
    .filter((file) => [".py", MODULE_ENDING].includes(extname(file)) && !file.endsWith("_test.ts"))
    .map((file) => [parse(file).name, join(PEERS_FOLDER, file)]),
);
export const PEERS: readonly string[] = [...FILES.keys()];

const isPython = (plugin: string): boolean => kindOf(plugin) === "python";

/** Importing a library as large as PyTorch from a cold disk takes seconds. */
const DESCRIBE_TIMEOUT_MS = 60_000;

/** The names given, or every name for "all". Throws InputError for an unknown name. */
export function choosePeers(given: readonly string[]): string[] {
  const unknown = given.find((name) => name !== "all" && !PEERS.includes(name));
  if (unknown !== undefined) {
    throw cannotFind("peer", unknown, PEERS, `known are ${PEERS.join(", ")}, and all`);
  }
  return given.includes("all") ? [...PEERS] : [...new Set(given)];
}

/** Asks each of these peers what it needs. `pythons` are tried in order until one has the packages of a peer. */
export async function findPeers(
  names: readonly string[],
  host: Runtime | undefined,
  pythons: readonly string[],
  signal?: AbortSignal,
): Promise<AvailablePeer[]> {
  const plugins = names.map((name) => FILES.get(name)!);
  const asked = plugins.some(isPython)
    ? await Promise.all(pythons.map((one) => findPython(one, signal)))
    : [];
  const interpreters = asked.flatMap((one) => "path" in one ? [one] : []);
  const tried = asked.flatMap((one) => "path" in one ? [] : [one]);
  return await Promise.all(plugins.map(async (plugin, i): Promise<AvailablePeer> => {
    const peer = { name: names[i], plugin };
    if (host === undefined) {
      return missing(peer, { kind: "no-language", language: "javascript" });
    }
    const ways = isPython(plugin) ? interpreters : [undefined];
    let first: AvailablePeer | undefined;
    for (const interpreter of ways) {
      const entry = await askPeer(peer, host, interpreter, signal);
      if (entry.described.availability.available) return entry;
      first ??= entry;
    }
    return first ?? missing(peer, { kind: "no-language", language: "python", tried });
  }));
}

type Named = Pick<AvailablePeer, "name" | "plugin">;

async function askPeer(
  { name, plugin }: Named,
  runtime: Runtime,
  interpreter: Runtime | undefined,
  signal: AbortSignal | undefined,
): Promise<AvailablePeer> {
  const python = interpreter?.path;
  const asked = {
    type: "describe",
    protocol: PROTOCOL_VERSION,
    plugin,
    ...known({ python }),
  } as const;
  const answer: Answer<DescribeRequest> = await ask(runtime, asked, {
    permissions: {
      read: [PEERS_FOLDER, ...packageFoldersOf(PEERS_FOLDER)],
      needs: [],
      ...(python === undefined ? { packages: true } : { programWrites: [] }),
    },
    timeoutMs: DESCRIBE_TIMEOUT_MS,
    signal,
  });
  const told = answer.ended === "reply" ? answer.reply.find((one) => one.name === name) : undefined;
  const found = known({ name, plugin, runtime, interpreter });
  if (told !== undefined) return { ...found, described: describedBy(told) };
  const reason: Unavailable = answer.ended === "failed"
    ? { kind: "not-probed", failure: answer.failure }
    : { kind: "not-offered", runtime: runtime.name };
  return { ...found, ...missing({ name, plugin }, reason) };
}

function missing(peer: Named, reason: Unavailable): AvailablePeer {
  const availability = { available: false as const, reason };
  const unknown = { name: peer.name, summary: "", precision: "float32", needs: [] } as const;
  return { ...peer, described: { ...unknown, needs: [], availability } };
}
