import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { summarise } from "../../src/summary/summarise.ts";
import { htmlFormat } from "../../src/report/html.ts";
import { verifyPage } from "../../src/report/page/verify_page.ts";
import { embedRawRun, extractRawRun, recordsDigest } from "../../src/report/page/raw_run.ts";
import type { TrialRecord } from "../../src/format/trial_record.ts";
import { slope, slopeHere, withFolder } from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";
import { because, makeRun, makeTrials } from "../support/trials.ts";

const run = makeRun();
const trials = makeTrials(
  run,
  (trial) =>
    trial.cell.examples === 4000 && trial.round === 2
      ? { ...trial, status: "failed", reasons: because("</script><script>alert(1)</script>") }
      : trial,
);
const [{ content }] = await htmlFormat.render(summarise(run, trials, "run"), {
  name: "run",
  run,
  trials,
});

/** Differences found in the changed page. A pair replaces its first text by its second. */
function found(change: readonly [string | RegExp, string] | ((page: string) => string)) {
  const forged = typeof change === "function" ? change(content) : content.replace(...change);
  assert.notEqual(forged, content);
  return verifyPage(new TextEncoder().encode(forged), "report.html").differences;
}

const ELEMENT = /<script type="application\/gzip" id="raw-run">[^<]*<\/script>/;
const [element] = ELEMENT.exec(content)!;

async function verified(page: string) {
  let ended: Awaited<ReturnType<typeof slopeHere>> | undefined;
  await withFolder(async (folder) => {
    const path = join(folder, "report.html");
    writeFileSync(path, page);
    ended = await slopeHere(["report", "--verify", path]);
  });
  return ended!;
}

test("the page holds every raw record", () => {
  const raw = extractRawRun(content, "report.html");
  assert.deepEqual(raw.run, run);
  const key = (trial: object) => JSON.stringify(trial, Object.keys(trial).sort());
  assert.deepEqual(raw.trials.map(key).sort(), trials.map(key).sort());
});

test("a page with a damaged record says which field is wrong, in a sentence", () => {
  const cells = trials.map(({ cell }) => cell);
  const json = JSON.stringify({
    name: "run",
    run,
    columns: { cell: cells, round: trials.map(() => "x") },
  });
  const packed = Buffer.from(gzipSync(json)).toString("base64");
  const page = content.replace(
    ELEMENT,
    `<script type="application/gzip" id="raw-run">${packed}</script>`,
  );
  assert.throws(
    () => extractRawRun(page, "report.html"),
    (error: Error) => {
      assert.match(error.message, /raw samples are damaged: ✖ .*expected.*→ at /);
      assert.doesNotMatch(error.message, /\[$|[{"]code/);
      return true;
    },
  );
});

test("an unchanged page: every figure follows from its samples, code 0", SLOW, async () => {
  const { code, stdout } = await verified(content);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /every figure follows from the \d+ samples of 63\s+trials\s+inside/);
});

test("a changed figure is found, with its place, code 1", SLOW, async () => {
  const cell = /<td class="number">([\d.]+ ms)/.exec(content)!;
  const forged = content.replace(cell[0], `<td class="number">0.001 ms`);
  const { code, stdout } = await verified(forged);
  assert.equal(code, 1);
  assert.match(stdout, /: 1 place does not follow/);
  assert.ok(stdout.includes(`says "0.001 ms "`), stdout);
  assert.ok(stdout.includes(`recomputed "${cell[1]} "`), stdout);
  assert.match(stdout, /Time per epoch/);
});

test("a removed row and a changed plot are found, code 1", SLOW, async () => {
  const without = content.replace(
    /<tr class="series series-0"><th scope="row">naive_loop<\/th>.*<\/tr>\n/,
    "",
  );
  assert.notEqual(without, content);
  const taken = await verified(without);
  assert.equal(taken.code, 1);
  assert.match(taken.stdout, /: 1 place does not follow[^]*says nothing, recomputed "<tr/);
  const bent = content.replace(/(<path d="M[\d.]+,)[\d.]+/, "$11.5");
  assert.notEqual(bent, content);
  assert.match((await verified(bent)).stdout, /says "<path d=/);
});

test("samples moved elsewhere in the page, and text appended to them, are found", () => {
  const payload = element.replace(/=*<\/script>$/, "");
  const hiding: Record<string, (body: string, text: string) => string> = {
    "a style": (body, text) => body.replace("</style>", `${text}</style>`),
    "the title": (body, text) => body.replace("</title>", `${text}</title>`),
    "the policy": (body, text) => body.replace("default-src", `${text}default-src`),
    "an opening tag": (body, text) =>
      body.replace('<p class="verdict"', `<p class="verdict"${text}`),
  };
  for (const [place, put] of Object.entries(hiding)) {
    const moved = found((page) => put(page.replace(element, ""), element));
    assert.ok(moved.length > 0, place);
    assert.ok(moved.every(({ under }) => under !== ""), place);
  }
  for (const text of ["==.choice{}", "= Choose another", "\n", "AAAA"]) {
    assert.throws(
      () => found([element, `${payload}${text}</script>`]),
      /raw samples are damaged/,
      text,
    );
  }
});

test("a stray <, another policy, script, warm-up, tag case or line end: every change is found", () => {
  const changes: Record<string, readonly [string | RegExp, string]> = {
    "<": [/$/, "<<<<"],
    "< in a text": ["</figcaption>", "<</figcaption>"],
    policy: ["default-src 'none'", "default-src *"],
    script: ['"use strict";', '"use strict";;'],
    "warm-ups": [/(id="warm-ups">\[)\d+/, "$11"],
    style: ["body {", "body { display: none;"],
    lines: [/\n/g, "\r\n"],
    end: [/\n$/, ""],
    mark: [/^/, "\ufeff"],
    tag: ["<main>", "<MAIN>"],
    digest: [/class="digest">../, 'class="digest">00'],
  };
  for (const [name, change] of Object.entries(changes)) {
    const all = found(change);
    assert.ok(all.length > 0, name);
    for (const { under } of all) assert.match(under, /\w/, name);
  }
});

test("invalid UTF-8 does not pass for U+FFFD", async () => {
  const evil = makeRun({ plan: { implementations: ["a\u0001b"], baseline: "a\u0001b" } });
  const raw = { name: "run", run: evil, trials: makeTrials(evil) };
  const [{ content }] = await htmlFormat.render(summarise(evil, raw.trials, "run"), raw);
  const bytes = new TextEncoder().encode(content);
  assert.deepEqual(verifyPage(bytes, "report.html").differences, []);
  const at = bytes.findIndex((byte, i) => byte === 0xef && bytes[i + 1] === 0xbf);
  const forged = Uint8Array.from([...bytes.slice(0, at), 0xff, ...bytes.slice(at + 3)]);
  assert.equal(verifyPage(forged, "report.html").differences.length, 1);
});

test("an insertion is one difference under its heading, and a later change is found as well", () => {
  const [first, second, ...more] = found((page) =>
    page.replace(/(<h2[^>]*>Verification)/, '<div onclick="x"><b>evil</b></div>$1')
      .replace("Before a kernel is timed", "After a kernel is timed")
  );
  assert.deepEqual(more, []);
  assert.equal(first.said, '<div onclick="x"><b>evil</b></div>');
  assert.equal(first.recomputed, undefined);
  assert.equal(second.under, "Verification");
  assert.match(second.said ?? "", /^After a kernel is timed/);
  const [head] = found(["<title>", "<title>A "]);
  assert.equal(head.under, "the head of the page");
});

/** The page with records that differ from the ones it shows. */
const withRecords = (change: (trial: TrialRecord) => TrialRecord): string =>
  content.replace(element, () => embedRawRun({ name: "run", run, trials: trials.map(change) }));

test("a changed sample or start time that affects no figure still changes the digest", async () => {
  const [one] = trials;
  const changes: ((trial: TrialRecord) => TrialRecord)[] = [
    (trial) =>
      trial === one
        ? {
          ...trial,
          samplesNs: trial.samplesNs.map((ns, i) => i === 1 ? Math.round(ns * 1.0005) : ns),
        }
        : trial,
    (trial) => trial === one ? { ...trial, startedAt: "2026-03-01T10:00:00.001Z" } : trial,
  ];
  for (const change of changes) {
    const forged = withRecords(change);
    const all = verifyPage(new TextEncoder().encode(forged), "report.html").differences;
    assert.ok(all.some(({ said }) => said === recordsDigest({ run, trials })), "the digest is old");
  }
  const shown = /class="digest">([0-9a-f]{64})</.exec(content)?.[1];
  assert.equal(shown, recordsDigest({ run, trials: trials.toReversed() }), "in any order");
  const { stdout } = await verified(content);
  assert.ok(stdout.replaceAll(/\s+/g, " ").includes(`SHA-256 of its records: ${shown}`), stdout);
});

test(
  "a page is held against a run: code 1 and what differs where it is of other records",
  SLOW,
  async () => {
    await withFolder(async (folder) => {
      const path = join(folder, "report.html");
      const write = (name: string, trials: readonly TrialRecord[]) => {
        mkdirSync(join(folder, name));
        writeFileSync(join(folder, name, "run.json"), JSON.stringify(run));
        const lines = trials.map((trial) => JSON.stringify(trial) + "\n");
        writeFileSync(join(folder, name, "trials.jsonl"), lines.join(""));
        return join(folder, name);
      };
      writeFileSync(path, content);
      const same = await slope(["report", "--verify", path, write("copied", trials)]);
      assert.equal(same.code, 0, same.stdout + same.stderr);
      assert.match(same.stdout, /Every record is the same as in the run/);
      const other = write(
        "other",
        trials.slice(1).map((trial, i) =>
          i === 5
            ? { ...trial, samplesNs: [trial.samplesNs[0] + 1, ...trial.samplesNs.slice(1)] }
            : trial
        ),
      );
      const { code, stdout } = await slopeHere(["report", "--verify", path, other]);
      assert.equal(code, 1);
      const plain = stdout.replaceAll(/\s+/g, " ");
      assert.match(plain, /2 parts do not agree with the records of the run:/);
      assert.match(plain, /: the page has a record, the run nothing/);
      assert.match(plain, /seed 1 · round \d: samplesNs\[0\]: the page has \d+, the run \d+/);
      const print = await slopeHere(["report", "--verify", path, other, "--print", "json"]);
      assert.equal(print.code, 1);
      const { records, differences, sha256 } = JSON.parse(print.stdout);
      assert.deepEqual([records.length, differences.length, sha256.length], [2, 0, 64]);
    });
  },
);

test(
  "a page without samples, a damaged page and no page at all: code 2 and a hint",
  SLOW,
  async () => {
    const none = await verified("<h1>Gradient benchmark</h1>");
    assert.equal(none.code, 2);
    assert.match(none.stderr, /holds no raw samples.+\nhint: make it again/);
    const damaged = await verified(content.replace(/(id="raw-run">.{40})..../, "$1AAAA"));
    assert.equal(damaged.code, 2);
    assert.match(damaged.stderr, /raw samples are damaged: .+\nhint: restore/);
    const missing = await slopeHere(["report", "--verify", "nowhere.html"]);
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /Cannot read page "nowhere\.html".+\nhint: /);
  },
);
