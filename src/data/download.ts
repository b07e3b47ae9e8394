import { existsSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../base/files.ts";
import { InputError, messageOf } from "../base/errors.ts";
import { decompress, isGzip, sha256 } from "./idx.ts";
import {
  FILE_ROLES,
  type KnownFile,
  MNIST_DOWNLOAD_SIZE,
  MNIST_FILES,
  MNIST_MIRRORS,
} from "./mnist.ts";

export interface DownloadOptions {
  /** Base addresses, tried in this order; the first that works is tried first for the next file. */
  readonly mirrors?: readonly string[];
  readonly files?: readonly KnownFile[];
  readonly connectTimeoutMs?: number;
  readonly stallTimeoutMs?: number;
  readonly announce?: (line: string) => void;
}

interface FetchOptions extends DownloadOptions {
  /** Called when a mirror begins to send: one that does not answer is not worth a line. */
  begun(): void;
}

const MNIST = FILE_ROLES.map((role) => MNIST_FILES[role]);

/**
 * Downloads the files that `directory` lacks and returns the mirrors used. A file gets its name only when it is
 * complete and its checksum is right; a failure leaves no partial file. Throws InputError with every mirror's answer.
 */
export async function downloadMnist(
  directory: string,
  options: DownloadOptions = {},
): Promise<string[]> {
  const { mirrors = MNIST_MIRRORS, files = MNIST, announce = () => {} } = options;
  const used = new Set<string>();
  let order = [...mirrors];
  let isAnnounced = false;
  const begun = () => {
    if (!isAnnounced) announce(`Downloading MNIST (${MNIST_DOWNLOAD_SIZE}) to ${directory}`);
    isAnnounced = true;
  };
  for (const file of files) {
    if (isPresent(directory, file)) continue;
    const answers: string[] = [];
    let body: Uint8Array | undefined;
    for (const mirror of order) {
      try {
        body = await fetchChecked(`${mirror.replace(/\/?$/, "/")}${file.name}.gz`, file, {
          ...options,
          begun,
        });
        used.add(mirror);
        order = [mirror, ...order.filter((other) => other !== mirror)];
        break;
      } catch (error) {
        answers.push(`${mirror} ${messageOf(error)}`);
      }
    }
    if (body === undefined) throw noMirror(file, answers);
    await store(directory, file, body);
  }
  return [...used];
}

async function store(directory: string, file: KnownFile, body: Uint8Array): Promise<void> {
  // If a server declares gzip as content encoding, fetch has already decompressed the file.
  const packed = isGzip(body);
  const path = join(directory, packed ? `${file.name}.gz` : file.name);
  // A file under the other name is damaged, or nothing would have been downloaded.
  const other = join(directory, packed ? file.name : `${file.name}.gz`);
  try {
    await writeFileAtomic(path, body);
    await rm(other, { force: true });
  } catch (error) {
    throw new InputError(messageOf(error), HINT, { cause: error });
  }
}

const HINT = `download the four files by hand (${
  MNIST_MIRRORS[0]
}) into a folder and name it with --data`;

function noMirror(file: KnownFile, answers: readonly string[]): InputError {
  const list = answers.length > 0 ? answers.join("; ") : "there is no mirror to ask";
  return new InputError(`Cannot download ${file.name}.gz: ${list}`, HINT);
}

function isPresent(directory: string, file: KnownFile): boolean {
  return [file.name, `${file.name}.gz`].some((name) => {
    const path = join(directory, name);
    try {
      return existsSync(path) && sha256(decompress(readFileSync(path))) === file.sha256;
    } catch {
      return false; // damaged or unreadable: download again, and the rename replaces it
    }
  });
}

/** The verified body of one file. Throws Error whose message continues the mirror's address. */
async function fetchChecked(
  address: string,
  file: KnownFile,
  options: FetchOptions,
): Promise<Uint8Array> {
  const body = await fetchBody(address, file.bytes, options);
  let bytes: Uint8Array;
  try {
    bytes = decompress(body);
  } catch (error) {
    throw new Error(`sent a damaged or incomplete gzip file of ${body.length} bytes`, {
      cause: error,
    });
  }
  const sum = sha256(bytes);
  if (sum === file.sha256) return body;
  if (looksLikeHtml(body)) throw new Error("sent an HTML page instead of the file");
  if (bytes.length < file.bytes) {
    throw new Error(`sent only ${bytes.length} of ${file.bytes} bytes (decompressed)`);
  }
  throw new Error(
    `sent a file with the wrong checksum: SHA-256 ${sum.slice(0, 12)}…, expected ${
      file.sha256.slice(0, 12)
    }…`,
  );
}

/** The mirror answered, but not with the file. */
class BadAnswer extends Error {}

async function fetchBody(
  address: string,
  fileBytes: number,
  { connectTimeoutMs = 5_000, stallTimeoutMs = 10_000, begun }: FetchOptions,
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
    const response = await fetch(address, { signal: controller.signal });
    if (!response.ok || response.body === null) {
      throw new BadAnswer(`answered ${response.status} ${response.statusText}`.trimEnd());
    }
    begun();
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
