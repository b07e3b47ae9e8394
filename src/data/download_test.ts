import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import type { InputError } from "../base/errors.ts";
import { randomFrom } from "../base/random.ts";
import { badInput } from "../../tests/support/bad_input.ts";
import { withFolder } from "../../tests/support/cli.ts";
import { zipOf } from "../../tests/support/data_files.ts";
import { idxImages, idxLabels } from "../../tests/support/idx.ts";
import { type DownloadOptions, downloadSet } from "./download.ts";
import { md5, sha256 } from "./formats/table.ts";
import { type KnownFile, type KnownSet, knownSet, MNIST } from "./known_sets.ts";

// Noise does not compress, so half of the file is really half of it.
const noise = randomFrom(1, "test");
const BODY = idxLabels(Uint8Array.from({ length: 90_000 }, () => noise.integer(256)));
const PACKED = gzipSync(BODY);
const FILE: KnownFile = { name: "labels-idx1-ubyte", bytes: BODY.length, sha256: sha256(BODY) };
const SECOND: KnownFile = { ...FILE, name: "more-idx1-ubyte" };

const setOf = (mirrors: readonly string[], files = [FILE]): KnownSet => ({
  ...MNIST,
  mirrors,
  files,
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const sends = (bytes: Uint8Array): Answer => (_, response) => void response.end(bytes);
const whole = sends(PACKED);
const notFound: Answer = (_, response) => void response.writeHead(404).end("no such file");

/** Serves each answer at its own address, runs `body`, and checks that no temporary files are left. */
async function withMirrors(
  answers: readonly Answer[],
  body: (mirrors: string[], folder: string) => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    answers[Number(request.url!.split("/")[1])](request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await withFolder(async (folder) => {
      await body(answers.map((_, i) => `${base}/${i}/`), folder);
      assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith(".tmp")), []);
    });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test("a complete file is stored as sent, and its set and folder are announced", async () => {
  await withMirrors([whole], async (mirrors, folder) => {
    const lines: string[] = [];
    const target = join(folder, "new", "cache");
    const onBegin = ({ title }: KnownSet, into: string) => void lines.push(`${title} ${into}`);
    const used = await downloadSet(setOf(mirrors, [FILE, SECOND]), target, { onBegin });
    assert.deepEqual(used, mirrors);
    assert.deepEqual(readdirSync(target).sort(), ["labels-idx1-ubyte.gz", "more-idx1-ubyte.gz"]);
    assert.deepEqual(
      new Uint8Array(readFileSync(join(target, `${FILE.name}.gz`))),
      new Uint8Array(PACKED),
    );
    assert.equal(lines.length, 1);
    assert.equal(lines[0], `MNIST ${target}`);
  });
});

test("if a mirror fails the next one is tried, and that one is tried first from then on", async () => {
  const asked: string[] = [];
  const record = (answer: Answer): Answer => (request, response) => {
    asked.push(request.url!);
    answer(request, response);
  };
  await withMirrors([record(notFound), record(whole)], async (mirrors, folder) => {
    const used = await downloadSet(setOf(mirrors, [FILE, SECOND]), folder);
    assert.deepEqual(used, [mirrors[1]]);
    assert.deepEqual(asked, [
      "/0/labels-idx1-ubyte.gz",
      "/1/labels-idx1-ubyte.gz",
      "/1/more-idx1-ubyte.gz",
    ]);
  });
});

test("an interrupted download ends at once, asks no other mirror and leaves nothing", async () => {
  let controller: AbortController;
  const begins: Answer = (_, response) => void response.write(PACKED.subarray(0, 1000));
  const waits: Answer = () => setTimeout(() => controller.abort(), 100);
  const never: Answer = () => assert.fail("it was asked");
  for (const answer of [waits, begins]) {
    controller = new AbortController();
    await withMirrors([answer, never], async (mirrors, folder) => {
      const start = performance.now();
      const { signal } = controller;
      const onBegin = () => controller.abort();
      await assert.rejects(downloadSet(setOf(mirrors), folder, { signal, onBegin }), {
        name: "AbortError",
      });
      assert.ok(performance.now() - start < 4000, "it is the signal, not a time-out");
      assert.deepEqual(readdirSync(folder), []);
    });
  }
});

test("an intact file is not downloaded again, and a damaged one is replaced", async () => {
  let requests = 0;
  const counting: Answer = (request, response) => {
    requests++;
    whole(request, response);
  };
  await withMirrors([counting], async (mirrors, folder) => {
    writeFileSync(join(folder, FILE.name), BODY);
    writeFileSync(join(folder, SECOND.name), BODY.subarray(0, 100));
    await downloadSet(setOf(mirrors, [FILE, SECOND]), folder);
    assert.equal(requests, 1);
    assert.deepEqual(readdirSync(folder).sort(), [FILE.name, `${SECOND.name}.gz`]);
    assert.equal(readFileSync(join(folder, `${SECOND.name}.gz`)).length, PACKED.length);
  });
});

test("a file that arrives decompressed is stored without .gz, one that stays packed with it", async () => {
  const encoded: Answer = (_, response) =>
    void response.writeHead(200, { "content-encoding": "gzip" }).end(PACKED);
  await withMirrors([encoded, sends(BODY)], async (mirrors, folder) => {
    await downloadSet(setOf(mirrors), folder);
    const [name] = readdirSync(folder);
    const stored = new Uint8Array(readFileSync(join(folder, name)));
    assert.deepEqual(stored, new Uint8Array(name.endsWith(".gz") ? PACKED : BODY));
    await downloadSet(setOf([mirrors[1]]), join(folder, "plain"));
    assert.deepEqual(readdirSync(join(folder, "plain")), [FILE.name]);
  });
});

const { sha256: _, ...WITHOUT_SHA } = FILE;
const BY_MD5: KnownFile = { ...WITHOUT_SHA, md5: md5(PACKED) };

test("a file whose authors publish its MD5 is checked by that", async () => {
  const other = gzipSync(BODY.map((byte, i) => i === 5000 ? byte ^ 1 : byte));
  await withMirrors([whole, sends(other), sends(BODY)], async (mirrors, folder) => {
    const from = (mirror: number) => downloadSet(setOf([mirrors[mirror]], [BY_MD5]), folder);
    await assert.rejects(from(1), badInput(/wrong checksum: MD5 [0-9a-f]{12}…, expected/));
    await assert.rejects(from(2), badInput(/sent it unpacked, so that its published MD5/));
    assert.deepEqual(readdirSync(folder), []);
    await from(0);
    assert.deepEqual(readdirSync(folder), [`${FILE.name}.gz`]);
  });
});

test("of an archive with several sets its members are kept, and it is fetched once", async () => {
  const images = idxImages(Uint8Array.from({ length: 12 }, (_, i) => i), 2, 3);
  const members = Object.fromEntries(
    ["digits", "letters"].flatMap((split) =>
      ["train", "test"].flatMap((part) => [
        [`gzip/emnist-${split}-${part}-images-idx3-ubyte.gz`, gzipSync(images)],
        [`gzip/emnist-${split}-${part}-labels-idx1-ubyte.gz`, gzipSync(idxLabels([1, 2]))],
      ])
    ),
  );
  const archive = zipOf({ ...members, "gzip/emnist-mapping.txt": Uint8Array.of(1) });
  let requests = 0;
  const serve: Answer = (request, response) => {
    requests++;
    assert.match(request.url!, /gzip\.zip$/);
    response.end(archive);
  };
  await withMirrors([serve], async (mirrors, folder) => {
    const files = [{ name: "gzip.zip", bytes: archive.length, md5: md5(archive) }];
    const set = { ...knownSet("emnist-letters")!, mirrors, files };
    await downloadSet(set, folder);
    assert.deepEqual(readdirSync(folder).length, 8);
    assert.ok(readdirSync(folder).includes("emnist-letters-test-labels-idx1-ubyte.gz"));
    await downloadSet({ ...set, name: "emnist-digits" }, folder);
    assert.equal(requests, 1);
  });
});

test("404 is reported for every mirror", async () => {
  await withMirrors([notFound, notFound], async (mirrors, folder) => {
    await assert.rejects(downloadSet(setOf(mirrors, [FILE]), folder), (error: Error) => {
      for (const mirror of mirrors) assert.ok(error.message.includes(`${mirror} answered 404`));
      return true;
    });
    assert.deepEqual(readdirSync(folder), []);
  });
});

const broken: [title: string, answer: Answer, message: RegExp, options?: DownloadOptions][] = [
  ["an HTML page in place of the file", (_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<!DOCTYPE html><p>Log in</p>");
  }, /sent an HTML page instead of the file/],
  [
    "half a file that ends as if it were whole",
    sends(PACKED.subarray(0, PACKED.length / 2)),
    /sent a damaged or incomplete gzip file of \d+ bytes/,
  ],
  ["a connection that breaks in the middle of the file", (_, response) => {
    response.writeHead(200, { "content-length": PACKED.length });
    response.write(PACKED.subarray(0, 1000), () => response.destroy());
  }, /could not be read|damaged or incomplete/],
  [
    "half of a decompressed file",
    sends(gzipSync(BODY.subarray(0, 500))),
    /sent only 500 of 90008 bytes/,
  ],
  [
    "a whole file with the wrong checksum",
    sends(gzipSync(BODY.map((byte, i) => i === 5000 ? byte ^ 1 : byte))),
    /wrong checksum: SHA-256 [0-9a-f]{12}…, expected [0-9a-f]{12}…/,
  ],
  ["a file without end", (_, response) => {
    const more = () => {
      while (!response.destroyed && response.write(new Uint8Array(65536)));
    };
    response.on("drain", more);
    more();
  }, /sent more than the expected 90008 bytes/],
  [
    "a mirror that never answers",
    () => {},
    /did not answer within 0\.2 s/,
    { connectTimeoutMs: 200 },
  ],
  [
    "a mirror that falls silent in the middle",
    (_, response) => void response.write(PACKED.subarray(0, 1000)),
    /stalled for 0\.3 s after 1000 bytes/,
    { stallTimeoutMs: 300 },
  ],
];
for (const [title, answer, message, options] of broken) {
  test(`${title} is reported and leaves no file behind`, async () => {
    await withMirrors([answer], async (mirrors, folder) => {
      const download = downloadSet(setOf(mirrors, [FILE]), folder, { ...options });
      await assert.rejects(download, (error: InputError) => {
        assert.match(error.hint ?? "", /by hand .* --data/);
        assert.ok(error.message.includes(mirrors[0]), error.message);
        return badInput(message)(error);
      });
      assert.deepEqual(readdirSync(folder), [], "something was left behind");
    });
  });
}

test("a refused connection is reported", async () => {
  let gone = "";
  await withMirrors([whole], (mirrors) => {
    gone = mirrors[0]; // closed by the time it is used
    return Promise.resolve();
  });
  await withMirrors([], async (_, folder) => {
    await assert.rejects(
      downloadSet(setOf([gone], [FILE]), folder),
      (error: Error) => error.message.includes(`${gone} could not be read (`),
    );
    assert.deepEqual(readdirSync(folder), []);
  });
});

test("a folder that cannot be written is bad input", async () => {
  await withMirrors([whole], async (mirrors, folder) => {
    writeFileSync(join(folder, "file"), "");
    await assert.rejects(
      downloadSet(setOf(mirrors), join(folder, "file", "cache")),
      badInput(/Cannot write/),
    );
  });
});

const skipWithoutMount = onSmallDisk(() => {}) ? false : "a full disk needs the right to mount one";
if (skipWithoutMount) console.error(`skipped: ${skipWithoutMount}`);

test("a full disk leaves nothing behind", { skip: skipWithoutMount }, async () => {
  await onSmallDisk((disk) =>
    withMirrors([whole], async (mirrors) => {
      await assert.rejects(
        downloadSet(setOf(mirrors, [FILE]), disk),
        badInput(/Cannot write.*(space|ENOSPC)/),
      );
      assert.deepEqual(readdirSync(disk), []);
    })
  );
});

/** Runs `body` on a file system of 16 kB; undefined if this user may not mount one. */
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
