import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { refusesHere, slope, slopeHere, withFolder } from "../support/cli.ts";
import { ask, firstEvent, served, writeDays, writeGoingOn } from "../support/served.ts";
import { SLOW } from "../support/slow.ts";

test(
  "missing pages, bad comparisons, damaged runs and foreign host names get an answer that says so",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      await writeDays(out, 2);
      mkdirSync(join(out, "damaged"));
      writeFileSync(join(out, "damaged", "run.json"), "{");
      writeFileSync(join(out, "secret.txt"), "secret");
      await served(out, async (url) => {
        const list = await ask(url);
        assert.equal(list.status, 200);
        assert.match(
          list.text,
          /✗ damaged<\/span><\/td><td class="reason" colspan="\d+">Cannot read /,
        );
        for (
          const path of ["nowhere", "runs/nowhere", "runs/..%2Fsecret.txt", "runs/%2e%2e/live"]
        ) {
          const { status, text } = await ask(url + path);
          assert.equal(status, 404, path);
          assert.doesNotMatch(text, /secret<|^secret/, path);
        }
        const one = await ask(`${url}compare?run=2026-03-01`);
        assert.equal(one.status, 400);
        assert.match(one.text, /Cannot compare 1 run: expected two/);
        const twice = await ask(`${url}compare?run=2026-03-01&run=2026-03-01`);
        assert.equal(twice.status, 400);
        assert.match(twice.text, /Cannot compare a run with itself: .*2026-03-01.* is named twice/);
        const damaged = await ask(`${url}runs/damaged`);
        assert.equal(damaged.status, 400);
        assert.match(damaged.text, /restore the file from a copy/);
        assert.equal((await ask(url, "evil.example")).status, 403);
        assert.equal((await ask(url, `localhost:${new URL(url).port}`)).status, 200);
      });
    });
  },
);

test(
  "a port in use, and a missing folder: code 2 and a hint",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      const other = createServer().listen(0, "127.0.0.1");
      await new Promise((resolve) => other.once("listening", resolve));
      const { port } = other.address() as { port: number };
      const taken = await slope(["serve", "--out", out, "--port", String(port)]);
      other.close();
      assert.equal(taken.code, 2);
      assert.match(
        taken.stderr,
        /Cannot serve on 127\.0\.0\.1:\d+: .*\nhint: choose another --port/,
      );
      await refusesHere(
        ["serve", "--out", join(out, "nowhere"), "--port", "0"],
        /Cannot list the runs.*\nhint: /,
      );
    });
  },
);

test("a page gets its rows as soon as it connects", SLOW, async () => {
  await withFolder(async (out) => {
    await writeDays(out, 1);
    await served(out, async (url) => {
      assert.match(await firstEvent(`${url}events`), /^event: runs\ndata: .*2026-03-01/);
    });
  });
});

test(
  "unreadable runs are listed with the reason, and the history says that it leaves them out",
  SLOW,
  async () => {
    await withFolder(async (out) => {
      await writeDays(out, 3);
      writeFileSync(join(out, "2026-03-01", "trials.jsonl"), "garbage\n");
      rmSync(join(out, "2026-03-02", "trials.jsonl"));
      mkdirSync(join(out, "2026-03-02", "trials.jsonl"));
      await served(out, async (url) => {
        const { text } = await ask(url);
        assert.match(text, /2026-03-01<\/th>.*✗ damaged.*trials\.jsonl:1: not a JSON value/);
        assert.match(text, /2026-03-02<\/th>.*✗ damaged.*Cannot read .*trials\.jsonl/);
        assert.match(text, />2026-03-03<\/a>.*✓ finished.*<td>18<\/td>/);
        const history = await ask(`${url}history`);
        assert.equal(history.status, 200);
        for (const day of ["2026-03-01", "2026-03-02"]) {
          assert.match(history.text, new RegExp(`left out: Cannot read .*${day}/trials\\.jsonl`));
        }
        writeFileSync(join(out, "2026-03-03", "trials.jsonl"), "garbage without an end");
        assert.match((await ask(url)).text, /2026-03-03<\/th>.*✗ damaged.*no whole trial record/);
        rmSync(join(out, "2026-03-03", "trials.jsonl"));
        assert.match((await ask(url)).text, /2026-03-03<\/th>.*✗ damaged.*no whole trial record/);
      });
    });
  },
);

test("served pages link to each other; files have no links", SLOW, async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "out");
    await writeDays(out, 6);
    await served(out, async (url) => {
      const home = '<a href="/">All runs</a>';
      const link = (day: number) => `<a href="/runs/2026-03-0${day}">2026-03-0${day}</a>`;
      const history = await ask(`${url}history`);
      for (const part of [home, `<th scope="row">${link(1)}`, `<th scope="row">${link(6)}`]) {
        assert.ok(history.text.includes(part), part);
      }
      const comparison = await ask(`${url}compare?run=2026-03-01&run=2026-03-06`);
      for (const part of [home, `<td>${link(1)}`, `<td>${link(6)}`]) {
        assert.ok(comparison.text.includes(part), part);
      }
      const report = await ask(`${url}runs/2026-03-01`);
      assert.ok(report.text.includes(home));
      // Everything else is what the commands write, byte for byte.
      const [a, b] = ["2026-03-01", "2026-03-06"].map((day) => join(out, day));
      const pages = [join(folder, "comparison.html"), join(folder, "history.html")];
      await slopeHere(["compare", a, b, "--page", pages[0]]);
      await slopeHere(["history", out, "--page", pages[1]]);
      await slopeHere(["report", a]);
      const written = [...pages, join(a, "report.html")].map((path) => readFileSync(path, "utf8"));
      for (const html of written) assert.doesNotMatch(html, /<nav class="links"|href="\/|\.links/);
      // The report proves itself however it was saved.
      const verified = async (html: string) => {
        const saved = join(folder, "saved.html");
        writeFileSync(saved, html);
        return (await slopeHere(["report", "--verify", saved])).code;
      };
      assert.equal(await verified(report.text), 0);
      assert.equal(await verified(written[2]), 0);
      const bent = report.text.replace('<a href="/">All runs</a>', '<a href="/">All of them</a>');
      assert.notEqual(bent, report.text);
      assert.equal(await verified(bent), 1);
    });
  });
});

test("the report of a run without trials says so", SLOW, async () => {
  await withFolder(async (out) => {
    await writeGoingOn(join(out, "going-on"), 0);
    rmSync(join(out, "going-on", "trials.jsonl"));
    await served(out, async (url) => {
      const { status, text } = await ask(`${url}runs/going-on`);
      assert.equal(status, 200);
      assert.match(text, /Nothing was measured/);
    });
  });
});
