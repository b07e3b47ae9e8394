/**
 * Measures the size of a report page, the time to make it, and the time until it works: from the start of the navigation
 * until a click has hidden a series in every plot, in a fresh browser. Pages of several sizes take turns, because the
 * machine has slow minutes. Run: deno task bench:page [browsers for each size]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { summarise } from "../src/summary/summarise.ts";
import { htmlFormat } from "../src/report/html.ts";
import { counted, formatBytes, formatDuration, formatRatio } from "../src/report/numbers.ts";
import { skipWithoutBrowser, withPage } from "../tests/support/browser.ts";
import { largeRun } from "../tests/support/large_run.ts";

/** Implementations, sizes and rounds of each run. */
const COUNTS = [3, 10];
const browsers = Number(process.argv[2] ?? 7);

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1];
const ms = (value: number): string => formatDuration(value * 1e6);
const range = (values: readonly number[]): string =>
  `${ms(median(values))} (${ms(Math.min(...values))} to ${ms(Math.max(...values))})`;

if (skipWithoutBrowser) {
  console.error(skipWithoutBrowser);
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "slope-page-"));
const pages = [];
for (const count of COUNTS) {
  const raw = largeRun(count);
  const start = performance.now();
  const [{ content }] = await htmlFormat.render(summarise(raw.run, raw.trials, raw.name), raw);
  const madeMs = performance.now() - start;
  const path = join(folder, `${count}.html`);
  writeFileSync(path, content);
  const times = { loaded: [] as number[], worked: [] as number[], click: [] as number[] };
  pages.push({ count, madeMs, bytes: content.length, url: pathToFileURL(path).href, times });
}

for (let i = 0; i < browsers; i++) {
  for (const { url, count, times } of pages) {
    await withPage("about:blank", { viewport: { width: 1280, height: 800 } }, async ({ page }) => {
      const start = performance.now();
      await page.goto(url, { waitUntil: "domcontentloaded" });
      times.loaded.push(performance.now() - start);
      const button = page.getByRole("button", { name: `way_${count - 1}`, exact: true });
      await button.click();
      await page.locator(`#plot-per_example .series-${count - 1}`).first().waitFor({
        state: "hidden",
      });
      times.worked.push(performance.now() - start);
      // From a click to the frame that shows its effect.
      times.click.push(
        await button.evaluate((element) =>
          new Promise<number>((resolve) => {
            const start = performance.now();
            (element as unknown as { click(): void }).click();
            const { requestAnimationFrame: frame } = globalThis as unknown as {
              requestAnimationFrame(then: () => void): void;
            };
            frame(() => frame(() => resolve(performance.now() - start)));
          })
        ),
      );
    });
  }
}
for (const { count, madeMs, bytes, times } of pages) {
  console.log(
    `${count} × ${count} × ${count} trials: ${formatBytes(bytes)}, made in ${ms(madeMs)}; ` +
      `loaded after ${range(times.loaded)}, a click has worked after ${range(times.worked)}, ` +
      `each further click takes ${range(times.click)}; ${counted(browsers, "browser")}`,
  );
}
const [small, large] = [pages[0], pages[pages.length - 1]];
console.log(
  `time until a click has worked: ${
    formatRatio(median(large.times.worked) / median(small.times.worked))
  } as long for the large page as for the small one`,
);
rmSync(folder, { recursive: true });
