import assert from "node:assert/strict";
import { appendFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { looksOf } from "../../src/report/plots/looks.ts";
import { axeFindings } from "../support/axe.ts";
import { skipWithoutBrowser, withPage } from "../support/browser.ts";
import { briefPlan, smallData, startSlope, withFolder } from "../support/cli.ts";
import { served, writeGoingOn } from "../support/served.ts";
import { SLOW } from "../support/slow.ts";
import { because } from "../support/trials.ts";

const IN_BROWSER = { ...SLOW, skip: skipWithoutBrowser };

const FINISHED = { finishedAt: "2026-04-01T10:02:00.000Z" };

test(
  "a running sweep has a partial report, with links to the list and back",
  IN_BROWSER,
  async () => {
    await withFolder(async (out) => {
      await writeGoingOn(join(out, "going-on"), 7);
      await served(out, async (url) => {
        await withPage(url, {}, async ({ page, complaints }) => {
          await page.getByRole("link", { name: "report so far" }).click();
          await page.getByRole("heading", { name: "Size, epochs and accuracy" }).waitFor();
          await page.getByRole("link", { name: "Follow its sweep" }).click();
          await page.getByText("7 of 18 trials · round 2 of 3").waitFor();
          await page.getByRole("link", { name: "Report so far" }).click();
          await page.getByRole("heading", { name: "Size, epochs and accuracy" }).waitFor();
          await page.getByRole("link", { name: "All runs", exact: true }).click();
          await page.getByRole("heading", { name: "Gradient benchmarks" }).waitFor();
          assert.deepEqual(complaints, []);
        });
      });
    });
  },
);

test(
  "the live page shows rows in the plan's order with their markers, axes and problems",
  IN_BROWSER,
  async () => {
    await withFolder(async (out) => {
      const run = join(out, "going-on");
      await writeGoingOn(run, 18);
      const lines = readFileSync(join(run, "trials.jsonl"), "utf8").trim().split("\n");
      const trials = lines.map((line) => JSON.parse(line));
      const [first, second] = trials.filter(({ cell }) => cell.implementation === "outer_product");
      Object.assign(first, { status: "failed", reasons: because("it gave up"), samplesNs: [] });
      Object.assign(second, {
        status: "skipped",
        reasons: because("no <time> for it"),
        samplesNs: [],
      });
      writeFileSync(
        join(run, "trials.jsonl"),
        trials.toReversed().map((trial) => JSON.stringify(trial) + "\n").join(""),
      );
      await served(out, async (url) => {
        const phone = { viewport: { width: 375, height: 800 }, colorScheme: "dark" as const };
        for (const options of [{}, phone]) {
          await withPage(`${url}runs/going-on/live`, options, async ({ page, complaints }) => {
            await page.locator("#cells tbody tr").nth(2).waitFor();
            const rows = await page.locator("#cells tbody th").allTextContents();
            assert.deepEqual(rows.map((text) => text.trim()), [
              "naive_loop",
              "outer_product",
              "fused_typed",
            ]);
            const looks = await page.locator("#cells .marker path").evaluateAll((paths) =>
              paths.map((path) => [path.getAttribute("stroke"), path.getAttribute("d")])
            );
            assert.deepEqual(
              looks.map(([stroke]) => stroke),
              looksOf(rows.map((text) => text.trim())).map((look) => `var(--series-${look!.slot})`),
            );
            assert.equal(new Set(looks.map(([, d]) => d)).size, 3);
            const drawn = await page.locator("#plot g path").evaluateAll((paths) =>
              paths.map((path) => [path.getAttribute("stroke"), path.getAttribute("d")])
            );
            assert.equal(drawn.length, 6);
            for (const look of drawn) assert.ok(looks.some((one) => `${one}` === `${look}`));
            const texts = await page.locator("#plot text").allTextContents();
            for (
              const text of ["10 µs", "20 µs", "1,000", "2,000", "↑ time per example, logarithmic"]
            ) {
              assert.ok(texts.includes(text), `${text} is not among ${texts.join(" | ")}`);
            }
            assert.deepEqual(await page.locator("#problems li").allTextContents(), [
              "– skipped outer_product · deno · m = 2,000 (1 trial): train: no <time> for it",
              "✗ failed outer_product · deno · m = 1,000 (1 trial): train: it gave up",
            ]);
            assert.match(
              await page.locator("#state").textContent() ?? "",
              /^18 of 18 trials · round 1 of 3 · 1 skipped · 1 failed · about 1 s left$/,
            );
            const widths = await page.evaluate(() => [
              document.documentElement.scrollWidth,
              document.documentElement.clientWidth,
            ]);
            assert.equal(widths[0], widths[1]);
            assert.ok((await page.locator("#plot svg").boundingBox())!.width >= 480);
            assert.deepEqual(complaints, []);
          });
        }
      });
    });
  },
);

test(
  "axe finds nothing in a sweep with figures and problems, nor in a partial report",
  IN_BROWSER,
  async () => {
    await withFolder(async (out) => {
      const run = join(out, "going-on");
      await writeGoingOn(run, 9);
      const [line] = readFileSync(join(run, "trials.jsonl"), "utf8").split("\n");
      const failed = {
        ...JSON.parse(line),
        round: 2,
        status: "failed",
        reasons: because("it gave up"),
      };
      appendFileSync(join(run, "trials.jsonl"), JSON.stringify(failed) + "\n");
      await served(out, async (url) => {
        for (const colorScheme of ["light", "dark"] as const) {
          await withPage(url, { colorScheme, bypassCSP: true }, async ({ page }) => {
            await page.getByText(`✗ ${failed.cell.implementation} failed`).waitFor();
            assert.deepEqual(await axeFindings(page), [], `list ${colorScheme}`);
            await page.goto(`${url}runs/going-on/live`);
            await page.getByText("it gave up").first().waitFor();
            assert.deepEqual(await axeFindings(page), [], `live ${colorScheme}`);
            await page.goto(`${url}runs/going-on`);
            assert.deepEqual(await axeFindings(page), [], `report ${colorScheme}`);
          });
        }
      });
    });
  },
);

test(
  "there is no progress bar where the number of trials is unknown, nor after an error",
  IN_BROWSER,
  async () => {
    await withFolder(async (out) => {
      const run = join(out, "open-end");
      await writeGoingOn(run, 5, { plan: { resolve: 0.02, rounds: 20 } });
      await served(out, async (url) => {
        await withPage(`${url}runs/open-end/live`, {}, async ({ page, complaints }) => {
          const [state, bar] = [page.locator("#state"), page.locator("#bar")];
          await page.getByText("5 trials · round 1 of at most 20").waitFor();
          assert.ok(await bar.isHidden());
          appendFileSync(join(run, "trials.jsonl"), "garbage\n");
          await page.getByText(/trials\.jsonl:6: not a JSON value.*: restore the file/).waitFor();
          assert.ok(await bar.isHidden());
          assert.ok(await page.locator("#report").isHidden());
          await page.reload();
          await page.getByText(/trials\.jsonl:6: not a JSON value/).waitFor();
          assert.doesNotMatch(await state.textContent() ?? "", /\d trials/);
          // Once the file is repaired, the page goes on.
          await writeGoingOn(run, 18, { ...FINISHED, plan: { resolve: 0.02, rounds: 20 } });
          await page.getByRole("link", { name: "The report" }).waitFor();
          assert.equal(await state.textContent(), "18 trials · finished");
          renameSync(run, `${out}-elsewhere`);
          await page.getByText('There is no run "open-end": look at the list of runs').waitFor();
          assert.ok(await page.locator("#report").isHidden());
          renameSync(`${out}-elsewhere`, run);
          await page.getByRole("link", { name: "The report" }).waitFor();
          assert.deepEqual(complaints, []);
        });
      });
    });
  },
);

test(
  "the page says that a sweep was killed, and follows it again when it is resumed",
  IN_BROWSER,
  async () => {
    await withFolder(async (out) => {
      await served(out, async (url) => {
        const env = { SLOPE_DATA: smallData() };
        const plan = ["--plan", briefPlan(), "--sizes", "100,200", "--rounds", "3", "--out", out];
        const sweep = startSlope(["bench", ...plan], env);
        await sweep.says("3/18");
        sweep.kill("SIGKILL");
        await sweep.ended;
        await withPage(url, {}, async ({ page, complaints }) => {
          await page.getByText("◼ interrupted").waitFor();
          await page.locator("tbody th a").click();
          const address = new URL(page.url()).pathname;
          await page.goto(`${url}${address.slice(1)}/live`);
          await page.getByText("interrupted: this page goes on when the sweep is resumed")
            .waitFor();
          const resumed = startSlope(["bench", "--resume", "latest", "--out", out], env);
          await page.getByText(/^18 of 18 trials · finished$/).waitFor();
          assert.equal((await resumed.ended).code, 0);
          assert.deepEqual(complaints, []);
        });
      });
    });
  },
);
