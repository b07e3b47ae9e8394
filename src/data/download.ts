import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { writeFileAtomic } from "../base/files.ts";
import { InputError, messageOf } from "../base/errors.ts";
import { findSet } from "./files/load_set.ts";
import { md5, sha256 } from "./formats/table.ts";
import { decompress, isGzip, zipMembers } from "./formats/unpack.ts";
import type { KnownFile, KnownSet } from "./known_sets.ts";

export interface DownloadOptions {
  readonly connectTimeoutMs?: number;
  readonly stallTimeoutMs?: number;
  /** Ends the download. */
  readonly signal?: AbortSignal;
  /** Called when the first mirror begins to send: one that does not answer is not worth a line. */
  readonly onBegin?: (set: KnownSet, directory: string) => void;
}

/**
 * Downloads the files of a set that `directory` lacks and returns the mirrors used, which are tried in their order; the
 * first that works is tried first for the next file. A file gets its name only when it is complete and its checksum is
 * right; a failure leaves no partial file. Throws InputError with every mirror's answer, or the reason of the signal.
 */
export async function downloadSet(
  set: KnownSet,
  directory: string,
  options: DownloadOptions = {},
): Promise<string[]> {
  const used = new Set<string>();
  let order = [...set.mirrors];
  let isBegun = false;
  const onBegin = () => {
    if (!isBegun) options.onBegin?.(set, directory);
    isBegun = true;
  };
  if (set.members !== undefined && holdsMembers(set, directory)) return [];
  for (const file of set.files) {
    if (isPresent(directory, file)) continue;
    const answers: string[] = [];
    let body: Uint8Array | undefined;
    for (const mirror of order) {
      try {
        const address = `${mirror.replace(/\/?$/, "/")}${servedName(file)}`;
        body = await fetchChecked(address, file, { ...options, onBegin });
        used.add(mirror);
        order = [mirror, ...order.filter((other) => other !== mirror)];
        break;
      } catch (error) {
        options.signal?.throwIfAborted();
        answers.push(`${mirror} ${messageOf(error)}`);
      }
    }
    if (body === undefined) throw noMirror(set, file, answers);
    await store(set, directory, file, body);
  }
  return [...used];
}

/** Sets lie on servers as gzip files or as an archive. */
const servedName = ({ name }: KnownFile): string => name.endsWith(".zip") ? name : `${name}.gz`;

async function store(
  set: KnownSet,
  directory: string,
  file: KnownFile,
  body: Uint8Array,
): Promise<void> {
  try {
    if (set.members !== undefined) {
      for (const { name, read } of zipMembers(body, servedName(file))) {
        if (set.members.test(name)) await writeFileAtomic(join(directory, basename(name)), read());
      }
      return;
    }
    // If a server declares gzip as content encoding, fetch has already decompressed the file.
    const packed = isGzip(body);
    const path = join(directory, packed ? `${file.name}.gz` : file.name);
    // A file under the other name is damaged, or nothing would have been downloaded.
    const other = join(directory, packed ? file.name : `${file.name}.gz`);
    await writeFileAtomic(path, body);
    await rm(other, { force: true });
  } catch (error) {
    throw new InputError(messageOf(error), hintFor(set), { cause: error });
  }
}

const hintFor = ({ title, mirrors }: KnownSet): string =>
  `download the files of ${title} by hand (${mirrors[0]}) into a folder and name it with --data`;

function noMirror(set: KnownSet, file: KnownFile, answers: readonly string[]): InputError {
  const list = answers.length > 0 ? answers.join("; ") : "there is no mirror to ask";
  return new InputError(`Cannot download ${servedName(file)}: ${list}`, hintFor(set));
}

/** Whether an earlier download unpacked the set that is meant from its archive. */
function holdsMembers({ name }: KnownSet, directory: string): boolean {
  try {
    return existsSync(directory) && findSet(`${directory}#${name}`).train.images.length > 0;
  } catch {
    return false;
  }
}

function isPresent(directory: string, file: KnownFile): boolean {
  return [file.name, servedName(file)].some((name) => {
    const path = join(directory, name);
    try {
      return existsSync(path) && isIntact(readFileSync(path), file);
    } catch {
      return false; // damaged or unreadable: download again, and the rename replaces it
    }
  });
}

function isIntact(body: Uint8Array, file: KnownFile): boolean {
  if (file.md5 !== undefined && md5(body) === file.md5) return true;
  return file.sha256 !== undefined && sha256(decompress(body).bytes) === file.sha256;
}

type FetchOptions = Omit<DownloadOptions, "onBegin"> & { readonly onBegin: () => void };

/** The verified body of one file. Throws Error whose message continues the mirror's address. */
async function fetchChecked(
  address: string,
  file: KnownFile,
  options: FetchOptions,
): Promise<Uint8Array> {
  const body = await fetchBody(address, file.bytes, options);
  if (isIntact(unpackedOrNot(body), file)) return body;
  if (looksLikeHtml(body)) throw new Error("sent an HTML page instead of the file");
  const { bytes, gzip } = decompress(body);
  if (file.sha256 === undefined && gzip === 0 && bytes.length === file.bytes) {
    throw new Error("sent it unpacked, so that its published MD5 cannot be compared");
  }
  if (bytes.length < file.bytes) {
    throw new Error(`sent only ${bytes.length} of ${file.bytes} bytes (decompressed)`);
  }
  const [kind, sum, expected] = file.sha256 === undefined
    ? ["MD5", md5(body), file.md5 ?? "unknown"]
    : ["SHA-256", sha256(bytes), file.sha256];
  throw new Error(
    `sent a file with the wrong checksum: ${kind} ${sum.slice(0, 12)}…, expected ${
      expected.slice(0, 12)
    }…`,
  );
}

/** The body itself. Throws Error where it is gzip that is not whole. */
function unpackedOrNot(body: Uint8Array): Uint8Array {
  try {
    decompress(body);
    return body;
  } catch (error) {
    throw new Error(`sent a damaged or incomplete gzip file of ${body.length} bytes`, {
      cause: error,
    });
  }
}

/** The mirror answered, but not with the file. */
class BadAnswer extends Error {}

async function fetchBody(
  address: string,
  fileBytes: number,
  { connectTimeoutMs = 5_000, stallTimeoutMs = 10_000, onBegin, signal }: FetchOptions,
): Promise<Uint8Array> {
  const controller = new AbortController();
  let timedOut: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const allow = (ms: number, message: string) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timedOut = message;
      controller.abort();
    }, ms);
  };
  try {
    allow(connectTimeoutMs, `did not answer within ${connectTimeoutMs / 1000} s`);
    const response = await fetch(address, {
      signal: AbortSignal.any([controller.signal, ...(signal ? [signal] : [])]),
      headers: { "accept-encoding": "identity" }, // published checksums are those of the packed file
    });
    if (!response.ok || response.body === null) {
      throw new BadAnswer(`answered ${response.status} ${response.statusText}`.trimEnd());
    }
    onBegin();
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    const reader = response.body.getReader();
    for (;;) {
      allow(stallTimeoutMs, `stalled for ${stallTimeoutMs / 1000} s after ${length} bytes`);
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      length += value.length;
      // Stop before memory fills up. gzip makes incompressible data less than 0.1 % longer.
      if (length > 1.001 * fileBytes + 1024) {
        throw new BadAnswer(`sent more than the expected ${fileBytes} bytes`);
      }
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  } catch (error) {
    if (timedOut !== undefined) throw new Error(timedOut, { cause: error });
    if (error instanceof BadAnswer) throw error;
    throw new Error(`could not be read (${networkReason(error)})`, { cause: error });
  } finally {
    clearTimeout(timer);
    controller.abort(); // closes the connection of an answer that was not read to its end
  }
}

/** Node hides the reason in `cause` behind "fetch failed"; Deno and Bun give it in the message. */
function networkReason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const reason = messageOf(cause ?? error);
  return reason || (cause as { code?: string } | undefined)?.code || "unknown reason";
}

function looksLikeHtml(body: Uint8Array): boolean {
  const start = new TextDecoder().decode(body.subarray(0, 64)).trimStart().toLowerCase();
  return start.startsWith("<!doctype html") || start.startsWith("<html");
}
