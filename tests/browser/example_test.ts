import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { readRun } from "../../src/sweep/run_folder.ts";
import { axeFindings } from "../support/axe.ts";
import { skipWithoutBrowser, withPage } from "../support/browser.ts";
import { PROJECT } from "../support/cli.ts";
import { skipOutsideDeno, SLOW } from "../support/slow.ts";

const EXAMPLE = join(PROJECT, "results", "example");
const { trials } = readRun(EXAMPLE);

test(
  "the page of the example opens without errors, and axe finds nothing",
  { ...SLOW, skip: skipOutsideDeno || skipWithoutBrowser },
  async () => {
    const url = pathToFileURL(join(EXAMPLE, "report.html")).href;
    for (const colorScheme of ["light", "dark"] as const) {
      await withPage(
        url,
        { colorScheme, viewport: { width: 1280, height: 800 } },
        async ({ page, complaints }) => {
          // What to choose, the figures and the reason stand on the first screen.
          const { height } = page.viewportSize()!;
          for (
            const selector of [".verdict", ".tiles", "#plot-ranking svg", "#plot-why svg", ".trust"]
          ) {
            const box = (await page.locator(selector).first().boundingBox())!;
            assert.ok(box.y + box.height < height, selector);
          }
          const verdict = (await page.locator(".verdict").textContent() ?? "")
            .replaceAll("\u00a0", " ");
          assert.match(
            verdict,
            /^(?:Choose \w+( \(.*\))?: [\d.,]+ × the speed of naive_loop|Choose \w+ (\(.*\) )?(at|from) m = )/,
          );
          assert.ok(verdict.split(" ").length <= 15, verdict);
          const whole = await page.evaluate(() => document.documentElement.scrollHeight);
          assert.ok(whole <= 4000, `${whole} px`);
          await page.locator("details.raw-trials summary").click();
          await page.locator("details.raw-trials tbody tr").first().waitFor();
          assert.equal(await page.locator("details.raw-trials tbody tr").count(), trials.length);
          assert.deepEqual(complaints, []);
        },
      );
      await withPage(url, { colorScheme, bypassCSP: true }, async ({ page }) => {
        assert.deepEqual(await axeFindings(page), [], colorScheme);
      });
    }
  },
);
