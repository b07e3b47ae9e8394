import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { axeFindings } from "../support/axe.ts";
import { skipWithoutBrowser, withPage } from "../support/browser.ts";
import { briefPlan, smallData, startSlope, withFolder } from "../support/cli.ts";
import { served, writeDays } from "../support/served.ts";
import { SLOW } from "../support/slow.ts";

const IN_BROWSER = { ...SLOW, skip: skipWithoutBrowser };

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

test("the list adds a run that appears while the page is open", IN_BROWSER, async () => {
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

test("the page follows a running sweep, trial by trial, to its report", IN_BROWSER, async () => {
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
        await page.getByRole("heading", { name: "Size, epochs and accuracy" }).waitFor();
        assert.deepEqual(complaints, []);
      });
    });
  });
});
