/**
 * How large the page of a report is, how long it takes to make, and how long until a person can work with it: from the
 * start of the navigation until a click has taken a series out of every plot, in a browser that has just been started.
 * Pages of several sizes by turns, because the machine has slow minutes. Run: deno task bench:page [browsers for each size]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { summarise } from "../src/summary/summarise.ts";
import { htmlFormat } from "../src/report/html.ts";
import { skipWithoutBrowser, withPage } from "../tests/support/browser.ts";
import { largeRun } from "../tests/support/large_run.ts";

/** Implementations, sizes and rounds of each run. */
const COUNTS = [3, 10];
const browsers = Number(process.argv[2] ?? 7);

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1];
const range = (values: readonly number[]): string =>
  `${median(values).toFixed(0)} ms (${Math.min(...values).toFixed(0)} to ${
    Math.max(...values).toFixed(0)
  })`;

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
      await page.locator(`#plot-time .series-${count - 1}`).first().waitFor({ state: "hidden" });
      times.worked.push(performance.now() - start);
      // What the page itself takes for a click, to the frame that shows it.
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
    `${count} × ${count} × ${count} trials: ${(bytes / 1e6).toFixed(2)} MB, made in ${
      madeMs.toFixed(0)
    } ms; ` +
      `loaded after ${range(times.loaded)}, a click has worked after ${range(times.worked)}, ` +
      `each further one takes ${range(times.click)}; ${browsers} browsers`,
  );
}
const [small, large] = [pages[0], pages[pages.length - 1]];
console.log(
  `until a click has worked, the large page takes ${
    (median(large.times.worked) / median(small.times.worked)).toFixed(2)
  } times what the small one takes`,
);
rmSync(folder, { recursive: true });
