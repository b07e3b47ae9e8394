import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { InputError } from "../base/errors.ts";
import { randomFrom } from "../base/random.ts";
import { idxLabels } from "../../tests/support/idx.ts";
import { downloadMnist } from "./download.ts";
import type { DownloadOptions } from "./download.ts";
import { sha256 } from "./idx.ts";
import type { KnownFile } from "./mnist.ts";

// Noise, so that gzip cannot make it smaller: half a file is then really half of it.
const noise = randomFrom(1, "test");
const BODY = idxLabels(Uint8Array.from({ length: 90_000 }, () => noise.integer(256)));
const PACKED = gzipSync(BODY);
const FILE: KnownFile = { name: "labels-idx1-ubyte", bytes: BODY.length, sha256: sha256(BODY) };
const SECOND: KnownFile = { ...FILE, name: "more-idx1-ubyte" };

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const whole: Answer = (_, response) => void response.end(PACKED);
const notFound: Answer = (_, response) => void response.writeHead(404).end("no such file");

/** Serves each answer under an address of its own, runs `body`, and looks for left-over files. */
async function withMirrors(
  answers: readonly Answer[],
  body: (mirrors: string[], folder: string) => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    answers[Number(request.url!.split("/")[1])](request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = mkdtempSync(join(tmpdir(), "slope-download-"));
  try {
    await body(answers.map((_, i) => `${base}/${i}/`), folder);
    assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith(".tmp")), []);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Downloads from one mirror that gives `answer`; returns the message of the error it must end in. */
async function failure(answer: Answer, options: DownloadOptions = {}): Promise<string> {
  let message = "";
  await withMirrors([answer], async (mirrors, folder) => {
    await assert.rejects(downloadMnist(folder, { mirrors, files: [FILE], ...options }), (error) => {
      assert.ok(error instanceof InputError, `not an InputError: ${error}`);
      assert.match(error.remedy ?? "", /by hand .* --data/);
      assert.ok(error.message.includes(mirrors[0]), error.message);
      message = error.message;
      return true;
    });
    assert.deepEqual(readdirSync(folder), [], "something was left behind");
  });
  return message;
}

test("a whole file is kept as it was sent, and the mirror is announced with the size", async () => {
  await withMirrors([whole], async (mirrors, folder) => {
    const lines: string[] = [];
    const target = join(folder, "new", "cache");
    const announce = (line: string) => void lines.push(line);
    const used = await downloadMnist(target, { mirrors, files: [FILE, SECOND], announce });
    assert.deepEqual(used, mirrors);
    assert.deepEqual(readdirSync(target).sort(), ["labels-idx1-ubyte.gz", "more-idx1-ubyte.gz"]);
    assert.deepEqual(
      new Uint8Array(readFileSync(join(target, `${FILE.name}.gz`))),
      new Uint8Array(PACKED),
    );
    assert.equal(lines.length, 1);
    assert.match(lines[0], /Downloading MNIST \(11 MB\) from http:\/\/127\.0\.0\.1/);
  });
});

test("the next mirror is asked when one fails, and is asked first from then on", async () => {
  const asked: string[] = [];
  const record = (answer: Answer): Answer => (request, response) => {
    asked.push(request.url!);
    answer(request, response);
  };
  await withMirrors([record(notFound), record(whole)], async (mirrors, folder) => {
    const used = await downloadMnist(folder, { mirrors, files: [FILE, SECOND] });
    assert.deepEqual(used, [mirrors[1]]);
    assert.deepEqual(asked, [
      "/0/labels-idx1-ubyte.gz",
      "/1/labels-idx1-ubyte.gz",
      "/1/more-idx1-ubyte.gz",
    ]);
  });
});

test("a file that is there and whole is not fetched again, a damaged one is replaced", async () => {
  let requests = 0;
  const counting: Answer = (request, response) => {
    requests++;
    whole(request, response);
  };
  await withMirrors([counting], async (mirrors, folder) => {
    writeFileSync(join(folder, FILE.name), BODY);
    writeFileSync(join(folder, SECOND.name), BODY.subarray(0, 100));
    await downloadMnist(folder, { mirrors, files: [FILE, SECOND] });
    assert.equal(requests, 1);
    assert.deepEqual(readdirSync(folder).sort(), [FILE.name, `${SECOND.name}.gz`]);
    assert.equal(readFileSync(join(folder, `${SECOND.name}.gz`)).length, PACKED.length);
  });
});

test("a file that comes decompressed is stored without .gz", async () => {
  const encoded: Answer = (_, response) =>
    void response.writeHead(200, { "content-encoding": "gzip" }).end(PACKED);
  await withMirrors([encoded], async (mirrors, folder) => {
    await downloadMnist(folder, { mirrors, files: [FILE] });
    assert.deepEqual(readdirSync(folder), [FILE.name]);
  });
});

test("404 is named, for every mirror", async () => {
  await withMirrors([notFound, notFound], async (mirrors, folder) => {
    await assert.rejects(downloadMnist(folder, { mirrors, files: [FILE] }), (error: Error) => {
      for (const mirror of mirrors) assert.ok(error.message.includes(`${mirror} answered 404`));
      return true;
    });
    assert.deepEqual(readdirSync(folder), []);
  });
});

test("an HTML page in place of the file is named", async () => {
  const message = await failure((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<!DOCTYPE html><p>Log in</p>");
  });
  assert.match(message, /sent an HTML page instead of the file/);
});

test("half a file that ends as if it were whole is named", async () => {
  const message = await failure((_, response) =>
    void response.end(PACKED.subarray(0, PACKED.length / 2))
  );
  assert.match(message, /sent a damaged or incomplete gzip file of \d+ bytes/);
});

test("a connection that breaks in the middle of the file is named", async () => {
  const message = await failure((_, response) => {
    response.writeHead(200, { "content-length": PACKED.length });
    response.write(PACKED.subarray(0, 1000), () => response.destroy());
  });
  assert.match(message, /could not be read|damaged or incomplete/);
});

test("half of a decompressed file is named with both lengths", async () => {
  const message = await failure((_, response) =>
    void response.end(gzipSync(BODY.subarray(0, 500)))
  );
  assert.match(message, /sent only 500 of 90008 bytes/);
});

test("a whole file with the wrong checksum is named", async () => {
  const other = BODY.map((byte, i) => i === 5000 ? byte ^ 1 : byte);
  const message = await failure((_, response) => void response.end(gzipSync(other)));
  assert.match(message, /wrong checksum: SHA-256 [0-9a-f]{12}…, expected [0-9a-f]{12}…/);
});

test("a mirror that sends without end is left", async () => {
  const message = await failure((_, response) => {
    const more = () => {
      while (!response.destroyed && response.write(new Uint8Array(65536)));
    };
    response.on("drain", more);
    more();
  });
  assert.match(message, /sent more than the expected 90008 bytes/);
});

test("a mirror that never answers is left after the connect time-out", async () => {
  const started = performance.now();
  const message = await failure(() => {}, { connectTimeoutMs: 200 });
  assert.match(message, /did not answer within 0\.2 s/);
  assert.ok(performance.now() - started < 4000);
});

test("a mirror that falls silent in the middle is left after the stall time-out", async () => {
  const silent: Answer = (_, response) => void response.write(PACKED.subarray(0, 1000));
  const message = await failure(silent, { stallTimeoutMs: 300 });
  assert.match(message, /stalled for 0\.3 s after 1000 bytes/);
});

test("a refused connection is named", async () => {
  let gone = "";
  await withMirrors([whole], (mirrors) => {
    gone = mirrors[0]; // nobody listens there once the server is closed
    return Promise.resolve();
  });
  await withMirrors([], async (_, folder) => {
    await assert.rejects(
      downloadMnist(folder, { mirrors: [gone], files: [FILE] }),
      (error: Error) => error.message.includes(`${gone} could not be read (`),
    );
    assert.deepEqual(readdirSync(folder), []);
  });
});

test("a folder that cannot be written is bad input", async () => {
  await withMirrors([whole], async (mirrors, folder) => {
    writeFileSync(join(folder, "file"), "");
    await assert.rejects(
      downloadMnist(join(folder, "file", "cache"), { mirrors, files: [FILE] }),
      (error) => error instanceof InputError && /Cannot write/.test(error.message),
    );
  });
});

const skipWithoutMount = onSmallDisk(() => {}) ? false : "a full disk needs the right to mount one";
if (skipWithoutMount) console.error(`skipped: ${skipWithoutMount}`);

test("a full disk leaves nothing behind", { skip: skipWithoutMount }, async () => {
  await onSmallDisk((disk) =>
    withMirrors([whole], async (mirrors) => {
      await assert.rejects(
        downloadMnist(disk, { mirrors, files: [FILE] }),
        (error) =>
          error instanceof InputError && /Cannot write.*(space|ENOSPC)/.test(error.message),
      );
      assert.deepEqual(readdirSync(disk), []);
    })
  );
});

/** Runs `body` on a file system of 16 kB; undefined where this user may not mount one. */
function onSmallDisk(body: (folder: string) => void | Promise<void>): Promise<void> | undefined {
  const folder = mkdtempSync(join(tmpdir(), "slope-small-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", folder], { stdio: "ignore" });
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  return Promise.resolve(body(folder)).finally(() => {
    execFileSync("umount", [folder]);
    rmSync(folder, { recursive: true });
  });
}
