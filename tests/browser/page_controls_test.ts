import assert from "node:assert/strict";
import { test } from "node:test";
import { summarise } from "../../src/summary/summarise.ts";
import { axeFindings } from "../support/axe.ts";
import {
  type OpenPage,
  skipWithoutBrowser,
  unfold,
  withFaultlessPage,
  withPage,
} from "../support/browser.ts";
import { pageOf, pageOfRun, THREE } from "../support/report_pages.ts";
import { skipOutsideDeno, SLOW } from "../support/slow.ts";
import { because, makeRun, makeTrials } from "../support/trials.ts";

const IN_BROWSER = { ...SLOW, skip: skipOutsideDeno || skipWithoutBrowser };
const url = await pageOf("controls", THREE);

const firstColumn = (page: OpenPage["page"]): Promise<string[]> =>
  page.locator(".metric table").first().locator("tbody tr:visible > :first-child")
    .allTextContents();

test(
  "a click on a column's head sorts a table by value, whatever the units, in both directions",
  IN_BROWSER,
  async () => {
    await withFaultlessPage(url, {}, async (page) => {
      await unfold(page);
      const head = page.locator(".metric table").first().locator("thead th").nth(7);
      await head.getByRole("button").click();
      assert.equal(await head.getAttribute("aria-sort"), "ascending");
      // By value: 0.6 s comes before 2 s, though its digits sort after them.
      assert.deepEqual(await firstColumn(page), ["fused_typed", "outer_product", "naive_loop"]);
      await head.getByRole("button").press("Enter");
      assert.equal(await head.getAttribute("aria-sort"), "descending");
      assert.deepEqual(await firstColumn(page), ["naive_loop", "outer_product", "fused_typed"]);
    });
  },
);

test("a filter keeps the rows that contain its words, and counts them", IN_BROWSER, async () => {
  const failing = await pageOf(
    "failing",
    THREE,
    (trial) =>
      trial.cell.implementation === "naive_loop" && trial.round === 2
        ? { ...trial, status: "failed", reasons: because(`no memory for ${trial.cell.examples}`) }
        : trial,
  );
  await withFaultlessPage(failing, {}, async (page) => {
    await page.locator("details.raw-trials summary").click();
    const fold = page.locator("details.raw-trials");
    const rows = fold.locator("tbody tr");
    await rows.first().waitFor();
    await fold.getByRole("searchbox").fill("NAIVE failed");
    assert.equal(await rows.filter({ visible: true }).count(), 7);
    assert.equal(await fold.locator("output").textContent(), "7 of 63");
    await fold.getByRole("searchbox").fill("");
    assert.equal(await rows.filter({ visible: true }).count(), 63);
  });
});

test("the filter keeps matching series in plots and tables alike", IN_BROWSER, async () => {
  await withFaultlessPage(url, {}, async (page) => {
    await unfold(page);
    await page.locator(".switches").getByRole("searchbox").fill("typed");
    const shown = (selector: string) => page.locator(selector).filter({ visible: true }).count();
    assert.equal(await shown("figure svg g.series-0"), 0);
    assert.equal(await shown("figure svg g.series-1"), 0);
    assert.ok(await shown("figure svg g.series-2") > 10);
    assert.deepEqual(await firstColumn(page), ["fused_typed"]);
    // Words that no series has hide none: an empty plot would explain nothing.
    for (const words of ["no such name", ""]) {
      await page.locator(".switches").getByRole("searchbox").fill(words);
      assert.deepEqual(await firstColumn(page), ["naive_loop", "outer_product", "fused_typed"]);
      assert.ok(await shown("figure svg g.series-0") > 10);
    }
  });
});

test("a link of the line of trust opens the section that it leads to", IN_BROWSER, async () => {
  await withFaultlessPage(url, { viewport: { width: 1280, height: 800 } }, async (page) => {
    const table = page.locator('table[aria-labelledby="h-verification"]');
    assert.ok(!await table.isVisible());
    await page.getByRole("link", { name: "all 21 cells verified" }).click();
    assert.ok(await table.isVisible());
    const { y } = (await page.locator("#h-verification").boundingBox())!;
    assert.ok(y >= 0 && y < 800, `${y}`);
  });
});

test("one table stands for all figures, and a field selects which", IN_BROWSER, async () => {
  await withFaultlessPage(url, {}, async (page) => {
    await unfold(page);
    const shown = page.locator(".metric").filter({ visible: true });
    assert.equal(await shown.count(), 1);
    assert.match(await shown.textContent() ?? "", /^Time per epoch/);
    await page.getByLabel("Figure").selectOption("Peak resident set");
    assert.equal(await shown.count(), 1);
    assert.match(await shown.locator("td").first().textContent() ?? "", /^\d+ MB$/);
  });
});

test("pointing at a row of a table shows its series in the plots", IN_BROWSER, async () => {
  await withFaultlessPage(url, {}, async (page) => {
    await unfold(page);
    await page.locator("tr.series-1:visible").first().hover();
    const opacity = (selector: string) =>
      page.locator(selector).first().evaluate((mark) => getComputedStyle(mark).opacity);
    assert.equal(await opacity("#plot-time g.series-1"), "1");
    assert.equal(await opacity("#plot-time g.series-2"), "0.15");
  });
});

test(
  "a switch hides its series in every plot, by mouse and by keyboard",
  IN_BROWSER,
  async () => {
    await withFaultlessPage(url, {}, async (page) => {
      const naive = page.getByRole("button", { name: "naive_loop", exact: true });
      const marks = page.locator("figure svg g.series-0");
      const count = await marks.count();
      assert.ok(count > 15, `${count} groups of marks`);
      await naive.click();
      assert.equal(await naive.getAttribute("aria-pressed"), "false");
      assert.equal(await marks.filter({ visible: true }).count(), 0);
      assert.ok(await page.locator("figure svg g.series-1").first().isVisible());
      await naive.press("Space");
      assert.equal(await naive.getAttribute("aria-pressed"), "true");
      assert.ok(await marks.first().isVisible());
    });
  },
);

test(
  "pointing at a marker shows its figures and dims the other series in every plot",
  IN_BROWSER,
  async () => {
    await withFaultlessPage(url, {}, async (page) => {
      await unfold(page);
      const marker = page.locator("#plot-time g.series-2 [data-tip]").first();
      await marker.scrollIntoViewIfNeeded();
      await marker.hover({ force: true });
      const tip = page.locator(".tip");
      assert.match(
        await tip.textContent() ?? "",
        /^fused_typed: k = [\d.]+\ntraining examples m: 1,000\ntime per epoch: [\d.]+ ms \[[\d.]+, [\d.]+\]$/,
      );
      assert.ok(await tip.isVisible());
      const opacity = (selector: string) =>
        page.locator(selector).first().evaluate((mark) => getComputedStyle(mark).opacity);
      assert.equal(await opacity("#plot-memory g.series-2"), "1");
      assert.equal(await opacity("#plot-memory g.series-0"), "0.15");
      await page.mouse.move(0, 0);
      assert.ok(!await tip.isVisible());
      assert.equal(await opacity("#plot-memory g.series-0"), "1");
    });
  },
);

test(
  "the list of raw trials shows what was measured; a click plots one trial's samples, its warm-up shaded",
  IN_BROWSER,
  async () => {
    const run = makeRun();
    // Three samples of compilation before fifteen steady ones: a warm-up that is found.
    const levels = [9e6, 7e6, 6e6, ...Array.from({ length: 15 }, (_, i) => 4e6 + 1e4 * (i % 3))];
    const warming = makeTrials(run).map((trial, i) =>
      i === 0 ? { ...trial, epochsPerSample: 1, samplesNs: levels } : trial
    );
    const summary = summarise(run, warming, "run");
    const { cell } = warming[0];
    const warmup = summary.cells.find((one) =>
      one.cell.implementation === cell.implementation && one.cell.examples === cell.examples
    )?.warmups[0];
    assert.deepEqual(warmup, { round: 1, samples: 3 });
    const warm = await pageOfRun("warming", run, warming);
    await withFaultlessPage(warm, {}, async (page) => {
      const fold = page.locator("details.raw-trials");
      await fold.locator("summary").press("Enter");
      const rows = fold.locator("tbody tr");
      await rows.first().waitFor();
      assert.equal(await rows.count(), warming.length);
      const row = rows.filter({ hasText: cell.implementation })
        .and(rows.filter({ hasText: warming[0].startedAt })).first();
      const shown = await row.locator("td").allTextContents();
      assert.deepEqual(
        [shown[0], shown[1], shown[2], shown[7], shown[8]],
        [cell.implementation, "deno", cell.examples.toLocaleString("en-US"), "ok", "18"],
      );
      await row.getByRole("button").press("Enter");
      const plot = fold.locator("svg.samples");
      assert.equal(await plot.locator("circle").count(), 18);
      const shade = Number(await plot.locator("rect.warm-up").getAttribute("width"));
      assert.ok(Math.abs(shade / 700 - 3 / 18) < 1e-9, `${shade}`);
      assert.match(
        await fold.locator("figcaption").textContent() ?? "",
        /^18 samples, 4\.00 to 9\.00 ms per epoch, 3 of them warm-up; the axis begins at 0$/,
      );
    });
    await withPage(warm, { bypassCSP: true }, async ({ page }) => {
      await page.locator("details.raw-trials summary").click();
      await page.locator("details.raw-trials tbody button").first().click();
      assert.deepEqual(await axeFindings(page), []);
    });
  },
);
