import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { TrialRecord } from "../../src/format/trial_record.ts";
import { axeFindings } from "../support/axe.ts";
import { skipWithoutBrowser, unfold, withFaultlessPage, withPage } from "../support/browser.ts";
import { largeRun } from "../support/large_run.ts";
import { pageOf, pageOfRun, THREE } from "../support/report_pages.ts";
import { skipOutsideDeno, SLOW } from "../support/slow.ts";

const IN_BROWSER = { ...SLOW, skip: skipOutsideDeno || skipWithoutBrowser };
const url = await pageOf("whole", THREE);

test("verdict, tiles, ranking and trust stand on the first screen", IN_BROWSER, async () => {
  await withFaultlessPage(url, { viewport: { width: 1280, height: 800 } }, async (page) => {
    for (const selector of [".verdict", ".tiles", "#plot-ranking svg", ".trust"]) {
      const { y, height } = (await page.locator(selector).first().boundingBox())!;
      assert.ok(y >= 0 && y + height < 800, selector);
    }
  });
});

test(
  "the page of three series, folded, is at most 4,000 px high; on a phone the answers are in view",
  IN_BROWSER,
  async () => {
    await withFaultlessPage(url, { viewport: { width: 1280, height: 800 } }, async (page) => {
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      assert.ok(height <= 4000, `${height} px`);
    });
    await withFaultlessPage(url, { viewport: { width: 375, height: 667 } }, async (page) => {
      const large = page.locator("figure .narrow svg").filter({ visible: true });
      assert.equal(await large.count(), 5);
      for (
        const box of await large.evaluateAll((all) =>
          all.map((one) => one.getBoundingClientRect().right)
        )
      ) assert.ok(box <= 375, `${box}`);
      assert.equal(await page.locator("figure .roomy svg").filter({ visible: true }).count(), 0);
    });
  },
);

test(
  "a dark colour scheme darkens the page and its plots; on a phone nothing overflows",
  IN_BROWSER,
  async () => {
    await withFaultlessPage(
      url,
      { colorScheme: "dark", viewport: { width: 375, height: 800 } },
      async (page) => {
        const brightness = (selector: string, property: "color" | "backgroundColor") =>
          page.locator(selector).first().evaluate((element, name) => {
            const parts = getComputedStyle(element)[name as "color"].match(/\d+/g)!.map(Number);
            return Math.max(...parts.slice(0, 3));
          }, property);
        for (const selector of ["body", "figure", "figure svg"]) {
          assert.ok(await brightness(selector, "backgroundColor") < 64, selector);
          assert.ok(await brightness(selector, "color") > 180, selector);
        }
        const wider = await page.evaluate(() =>
          document.documentElement.scrollWidth - document.documentElement.clientWidth
        );
        assert.ok(wider <= 0, `${wider} px too wide`);
      },
    );
  },
);

test("axe finds nothing in either colour scheme", IN_BROWSER, async () => {
  for (const colorScheme of ["light", "dark"] as const) {
    await withPage(url, { colorScheme, bypassCSP: true }, async ({ page }) => {
      assert.deepEqual(await axeFindings(page), [], colorScheme);
      await unfold(page);
      assert.deepEqual(await axeFindings(page), [], `${colorScheme}, unfolded`);
    });
  }
});

test("the PDF leaves out what only works on a screen", IN_BROWSER, async () => {
  await withFaultlessPage(url, {}, async (page) => {
    await page.emulateMedia({ media: "print" });
    assert.ok(!await page.locator(".switches").isVisible());
    assert.ok(!await page.locator("label.filter").first().isVisible());
    const pdf = (await page.pdf({ format: "A4" })).toString("latin1");
    assert.ok(pdf.length > 20_000 && pdf.startsWith("%PDF-"));
    const pages = pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0;
    assert.ok(pages >= 1 && pages <= 8, `${pages} pages`);
  });
});

test(
  "a page of 10 implementations × 10 sizes × 10 rounds stays below 3 MB and works",
  IN_BROWSER,
  async () => {
    const { run, trials } = largeRun(10);
    assert.equal(trials.length, 1000);
    trials.forEach((trial) => TrialRecord.parse(trial));
    const large = await pageOfRun("large", run, trials);
    const { size } = statSync(new URL(large));
    assert.ok(size < 3e6, `${size} bytes`);
    await withFaultlessPage(large, {}, async (page) => {
      const last = page.locator("figure svg g.series-9");
      assert.ok(await last.count() > 0);
      assert.equal(await page.locator("#plot-samples svg path").count(), 1000);
      await page.getByRole("button", { name: "way_9", exact: true }).click();
      assert.equal(await last.filter({ visible: true }).count(), 0);
      await page.locator("details.raw-trials summary").click();
      await page.locator("details.raw-trials tbody tr").last().waitFor();
      assert.equal(await page.locator("details.raw-trials tbody tr").count(), 1000);
    });
  },
);
