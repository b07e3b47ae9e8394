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
          // What to choose and why stands on the first screen.
          const [choice, why, plot] = [".choice", ".lead li >> nth=0", ".lead figure svg"]
            .map((selector) => page.locator(selector));
          const { height } = page.viewportSize()!;
          for (const item of [choice, why, plot]) {
            const box = (await item.boundingBox())!;
            assert.ok(box.y + box.height < height);
          }
          const plain = async (item: typeof choice) =>
            (await item.textContent() ?? "").replaceAll("\u00a0", " ");
          // 10,000 lies between the smallest and the largest of these.
          assert.match(
            await plain(choice),
            /^Choose (\w+) at every m from 1,000 to 60,000: .* per epoch at .* the speed of naive_loop\./,
          );
          assert.match(await plain(why), /The next, .* takes .* its time.* Why: \w+ does/);
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
