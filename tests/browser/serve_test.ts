import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { axeFindings } from "../support/axe.ts";
import { skipWithoutBrowser, withPage } from "../support/browser.ts";
import { briefPlan, slope, smallData, startSlope, withFolder } from "../support/cli.ts";
import { ask, served, writeDays } from "../support/served.ts";
import { SLOW } from "../support/slow.ts";

const IN_BROWSER = { ...SLOW, skip: skipWithoutBrowser };

test("what is not there, not two, damaged, or asked by a foreign name is told", SLOW, async () => {
  await withFolder(async (out) => {
    await writeDays(out, 2);
    mkdirSync(join(out, "damaged"));
    writeFileSync(join(out, "damaged", "run.json"), "{");
    writeFileSync(join(out, "secret.txt"), "secret");
    await served(out, async (url) => {
      const list = await ask(url);
      assert.equal(list.status, 200);
      assert.match(list.text, /✗ damaged<\/span><\/td><td class="reason" colspan="7">Cannot read /);
      for (const path of ["nowhere", "runs/nowhere", "runs/..%2Fsecret.txt", "runs/%2e%2e/live"]) {
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
});

test(
  "a port that is taken, and a folder that is not there: code 2 and a remedy",
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
        /Cannot serve on 127\.0\.0\.1:\d+: .*\nremedy: choose another --port/,
      );
      const absent = await slope(["serve", "--out", join(out, "nowhere"), "--port", "0"]);
      assert.equal(absent.code, 2);
      assert.match(absent.stderr, /Cannot list the runs.*\nremedy: /);
    });
  },
);

test("runs are listed, opened, and two of them compared by ticking them", IN_BROWSER, async () => {
  await withFolder(async (out) => {
    await writeDays(out, 7);
    await served(out, async (url) => {
      await withPage(url, {}, async ({ page, complaints }) => {
        const names = await page.locator("tbody th").allTextContents();
        assert.deepEqual(names, [7, 6, 5, 4, 3, 2, 1].map((day) => `2026-03-0${day}`));
        const button = page.locator("#compare");
        assert.ok(await button.isDisabled());
        await page.getByLabel("compare 2026-03-07").check();
        await page.getByLabel("compare 2026-03-01").check();
        await page.getByLabel("compare 2026-03-02").check(); // the first goes
        assert.ok(!await page.getByLabel("compare 2026-03-07").isChecked());
        await page.getByLabel("compare 2026-03-07").check();
        assert.ok(!await page.getByLabel("compare 2026-03-01").isChecked());
        await button.press("Enter");
        assert.equal(await page.locator("h1").textContent(), "2026-03-07 against 2026-03-02");
        assert.match(
          await page.locator("table").first().locator("tbody").textContent() ?? "",
          /fused_typed1,000✗ slower5\.\d+ ms7\.\d+ ms1\.49\d ×/,
        );
        await page.goBack();
        await page.getByRole("link", { name: "All of them over time" }).click();
        assert.match(await page.locator("h1").textContent() ?? "", /from 2026-03-01 to 2026-03-07/);
        assert.equal(await page.locator("figure svg").count(), 6);
        await page.goBack();
        await page.getByRole("link", { name: "2026-03-03" }).click();
        assert.equal(await page.locator("h1").textContent(), "Gradient benchmark 2026-03-03");
        assert.deepEqual(complaints, []);
      });
    });
  });
});

test("the list takes in a run that comes while it is looked at", IN_BROWSER, async () => {
  await withFolder(async (out) => {
    await writeDays(out, 2);
    await served(out, async (url) => {
      await withPage(url, {}, async ({ page, complaints }) => {
        await page.getByLabel("compare 2026-03-02").check();
        await writeDays(out, 3);
        await page.getByRole("link", { name: "2026-03-03" }).waitFor();
        assert.ok(await page.getByLabel("compare 2026-03-02").isChecked());
        assert.deepEqual(complaints, []);
      });
    });
  });
});

test(
  "axe finds nothing in the list, a comparison, a history, a message and a sweep",
  IN_BROWSER,
  async () => {
    await withFolder(async (out) => {
      await writeDays(out, 6);
      await served(out, async (url) => {
        for (const colorScheme of ["light", "dark"] as const) {
          for (
            const path of [
              "",
              "history",
              "nowhere",
              "compare?run=2026-03-01&run=2026-03-06",
              "runs/2026-03-01/live",
            ]
          ) {
            await withPage(url, { colorScheme, bypassCSP: true }, async ({ page }) => {
              await page.goto(url + path);
              assert.deepEqual(await axeFindings(page), [], `${path} ${colorScheme}`);
            });
          }
        }
      });
    });
  },
);

test("a sweep that runs is followed, trial by trial, to its report", IN_BROWSER, async () => {
  await withFolder(async (out) => {
    await served(out, async (url) => {
      const sweep = startSlope([
        "bench",
        "--plan",
        briefPlan(),
        "--sizes",
        "100,200",
        "--rounds",
        "3",
        "--out",
        out,
      ], { SLOPE_DATA: smallData() });
      await sweep.says("1/");
      await withPage(url, {}, async ({ page, complaints }) => {
        await page.getByText("▶ running").waitFor();
        await page.getByRole("link", { name: "follow" }).click();
        await page.locator("#cells tbody tr").first().waitFor();
        const done = async () =>
          Number(
            /^([\d,]+) of \d+ trials/.exec(await page.locator("#state").textContent() ?? "")?.[1],
          );
        while (Number.isNaN(await done())) await pause(50);
        const early = await done();
        assert.ok(early < 18, `${early} of 18 trials at the first look`);
        await page.getByRole("link", { name: "The report" }).waitFor();
        assert.equal((await sweep.ended).code, 0);
        const total = readFileSync(join(out, "latest", "trials.jsonl"), "utf8").trim().split("\n");
        assert.match(
          await page.locator("#state").textContent() ?? "",
          new RegExp(`^${total.length} of ${total.length} trials.* · finished$`),
        );
        const cells = await page.locator("#cells tbody tr").allTextContents();
        assert.equal(cells.filter((text) => text.startsWith(" naive_loop")).length, 1);
        assert.match(
          cells.join("\n"),
          /naive_loop[\d.]+ [nµm]s 3 trials[\d.]+ [nµm]s 3 trials/,
        );
        assert.ok(await page.locator("#plot path").count() >= 6);
        await page.getByRole("link", { name: "The report" }).click();
        await page.getByRole("heading", { name: "Findings" }).waitFor();
        assert.deepEqual(complaints, []);
      });
    });
  });
});
