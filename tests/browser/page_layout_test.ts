import assert from "node:assert/strict";
import { test } from "node:test";
import { type OpenPage, skipWithoutBrowser, unfold, withPage } from "../support/browser.ts";
import { pageOf, THREE } from "../support/report_pages.ts";
import { skipOutsideDeno, SLOW } from "../support/slow.ts";
import { because } from "../support/trials.ts";

const IN_BROWSER = { ...SLOW, skip: skipOutsideDeno || skipWithoutBrowser };
const url = await pageOf("three", THREE);

const firstColumn = (page: OpenPage["page"]): Promise<string[]> =>
  page.locator(".metric table").first().locator("tbody tr > :first-child").allTextContents();

test(
  "a finding's link scrolls its plot into view with the title, however many series there are",
  IN_BROWSER,
  async () => {
    const many = await pageOf("many", [
      "naive_loop",
      ...Array.from({ length: 47 }, (_, i) => `one_of_many_${i}`),
    ]);
    for (
      const [address, width, height] of [
        [many, 1280, 800],
        [many, 375, 667],
        [many, 640, 400],
        [url, 1280, 800],
        [url, 375, 667],
        [url, 640, 400],
      ] as const
    ) {
      await withPage(address, { viewport: { width, height } }, async ({ page, complaints }) => {
        await page.locator("#h-in-words").click();
        for (const link of await page.locator(".to-plot").all()) {
          await link.click();
          const target = await link.getAttribute("href");
          const [title, bar] = await page.evaluate((target) => {
            const box = (selector: string) =>
              document.querySelector(selector)!.getBoundingClientRect();
            const { top, bottom } = [...document.querySelectorAll(`${target} svg`)]
              .map((svg) => svg.getBoundingClientRect()).find(({ height }) => height > 0)!;
            const bar = box(".switches");
            return [{ top, bottom }, { top: bar.top, bottom: bar.bottom, height: bar.height }];
          }, target);
          const what = `${address} ${width} ${target} ${JSON.stringify([title, bar])}`;
          assert.ok(title.top >= 0 && title.top + 30 < height, what);
          const covers = bar.top <= 0 && bar.bottom > 0;
          assert.ok(!covers || title.top >= bar.bottom, what);
          // Where it does not stay in view, it covers nothing.
          if (width > 960) assert.ok(bar.height! < 140, what);
        }
        assert.deepEqual(complaints, []);
      });
    }
  },
);

test("on a phone, the switches of a usual run are all in view", IN_BROWSER, async () => {
  const usual = await pageOf("usual", [
    ...["naive_loop", "outer_product", "fused_typed", "sparse_typed"],
    ...["wasm_simd", "wasm_sparse", "native_sparse", "blas_ffi"],
  ]);
  await withPage(usual, { viewport: { width: 375, height: 667 } }, async ({ page }) => {
    const hidden = await page.locator(".names").evaluate((names) => {
      const { right, bottom } = names.getBoundingClientRect();
      return [...names.querySelectorAll("button")].filter((button) => {
        const box = button.getBoundingClientRect();
        return box.right > right || box.bottom > bottom;
      }).map(({ textContent }) => textContent);
    });
    assert.deepEqual(hidden, []);
  });
});

test(
  "the switches stay in view beside the plots, and scroll away below them",
  IN_BROWSER,
  async () => {
    await withPage(url, { viewport: { width: 1280, height: 800 } }, async ({ page }) => {
      await unfold(page);
      const top = async (selector: string) => {
        await page.locator(selector).evaluate((at) => at.scrollIntoView({ block: "center" }));
        return await page.locator(".switches").evaluate((bar) => bar.getBoundingClientRect().top);
      };
      assert.equal(await top("#plot-accuracy"), 0);
      assert.ok(await top("#h-how-it-was-measured") < -300);
    });
  },
);

test("on paper nothing is dark, and no table is wider than the page", IN_BROWSER, async () => {
  const long = await pageOf("long", ["naive_loop", `${"a_long_name_".repeat(9)}`, "x".repeat(200)]);
  for (const address of [url, long]) {
    await withPage(address, { colorScheme: "dark" }, async ({ page }) => {
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      // A4 less margins of 1 cm.
      await page.setViewportSize({ width: 718, height: 1000 });
      const wider = await page.locator("table, figure, svg").evaluateAll((all) =>
        all.map((one) => Math.max(one.getBoundingClientRect().right, one.scrollWidth))
          .filter((right) => right > 719)
      );
      assert.deepEqual(wider, []);
      const [ground, text] = await page.evaluate(() => {
        const { backgroundColor, color } = getComputedStyle(document.body);
        return [backgroundColor, color];
      });
      assert.deepEqual([ground, text], ["rgb(255, 255, 255)", "rgb(29, 33, 37)"]);
    });
  }
});

test(
  "cells without a figure sort last in both directions, and a third click restores the order",
  IN_BROWSER,
  async () => {
    const address = await pageOf(
      "skipped",
      THREE,
      (trial) =>
        trial.cell.implementation === "naive_loop" && trial.cell.examples === 60_000
          ? { ...trial, status: "skipped", reasons: because("too slow"), samplesNs: [] }
          : trial,
    );
    await withPage(address, {}, async ({ page }) => {
      await unfold(page);
      const button = page.locator(".metric table").first().locator("thead button").nth(7);
      const orders: string[][] = [];
      for (let i = 0; i < 3; i++) {
        await button.click();
        orders.push(await firstColumn(page));
      }
      assert.deepEqual(orders, [
        ["fused_typed", "outer_product", "naive_loop"],
        ["outer_product", "fused_typed", "naive_loop"],
        THREE,
      ]);
      assert.equal(await page.locator("th[aria-sort]").count(), 0);
    });
  },
);

test(
  "without DecompressionStream, or without scripts, the page says why it lists no trials",
  IN_BROWSER,
  async () => {
    await withPage("about:blank", {}, async ({ page }) => {
      await page.addInitScript("delete globalThis.DecompressionStream");
      await page.goto(url);
      await page.locator(".raw-trials summary").click();
      await page.getByText(/cannot be listed: this browser has no DecompressionStream/).waitFor();
    });
    await withPage(url, { javaScriptEnabled: false }, async ({ page }) => {
      await page.locator(".raw-trials summary").click();
      assert.ok(await page.getByText("The list needs a browser that runs the script").isVisible());
      assert.ok(await page.getByText("SHA-256 of these records").isVisible());
      assert.ok(!await page.locator(".switches").isVisible());
    });
  },
);

test(
  "a plot wider than the screen fades at that edge until it is scrolled to its end",
  IN_BROWSER,
  async () => {
    await withPage(url, { viewport: { width: 375, height: 667 } }, async ({ page }) => {
      await unfold(page);
      const box = page.locator("#plot-speedup_map .drawn");
      await page.waitForFunction(() => document.querySelector("#plot-speedup_map .more-right"));
      await box.evaluate((box) => box.scrollLeft = 9999);
      await page.waitForFunction(() =>
        document.querySelector("#plot-speedup_map .more-left:not(.more-right)")
      );
      await box.focus();
      assert.equal(await box.evaluate((box) => getComputedStyle(box).maskImage), "none");
    });
  },
);

test(
  "right-to-left and very long names leave the figures in place",
  IN_BROWSER,
  async () => {
    const arabic = "مرحبا_بالعالم";
    const address = await pageOf(
      "names",
      ["naive_loop", arabic, "x".repeat(200)],
      (trial) =>
        trial.cell.implementation === arabic
          ? {
            ...trial,
            samplesNs: trial.samplesNs.map((ns) => ns / 10),
          }
          : trial,
    );
    await withPage(
      address,
      { viewport: { width: 1280, height: 800 } },
      async ({ page, complaints }) => {
        await unfold(page);
        const choice = page.locator("details li").first();
        assert.equal(await choice.locator("bdi").first().textContent(), arabic);
        // "Choose", the name, "at every m from 1,000 to 60,000": in this order from the left.
        const lefts = await choice.evaluate((choice) => {
          const text = [...choice.childNodes].filter(({ nodeType }) => nodeType === 3)[1];
          const at = (word: string) => {
            const range = document.createRange();
            const start = text.textContent!.indexOf(word);
            range.setStart(text, start);
            range.setEnd(text, start + word.length);
            return range.getBoundingClientRect().left;
          };
          return [
            choice.querySelector("bdi")!.getBoundingClientRect().left,
            at("1,000"),
            at("60,000"),
          ];
        });
        assert.deepEqual(lefts, lefts.toSorted((a, b) => a - b));
        const widest = await page.locator(".switches button, tbody th").evaluateAll((all) =>
          Math.max(...all.map((one) => one.getBoundingClientRect().width))
        );
        assert.ok(widest < 500, `${widest}`);
        const cut = await page.locator("#plot-speedup_map text, #plot-samples text").evaluateAll((
          all,
        ) =>
          all.filter((one) => {
            const svg = (one as unknown as SVGElement).ownerSVGElement!.getBoundingClientRect();
            return one.getBoundingClientRect().left < svg.left - 1;
          }).map(({ textContent }) => textContent)
        );
        assert.deepEqual(cut, []);
        assert.deepEqual(complaints, []);
      },
    );
  },
);

test(
  "pointing at another marker of the same series changes nothing elsewhere",
  IN_BROWSER,
  async () => {
    await withPage(url, {}, async ({ page }) => {
      await unfold(page);
      const markers = page.locator("#plot-time g.series-2 [data-tip]");
      await markers.first().scrollIntoViewIfNeeded();
      await markers.first().hover({ force: true });
      await page.evaluate(() => {
        const counts = globalThis as unknown as { changed: number };
        counts.changed = 0;
        new MutationObserver((found) => counts.changed += found.length)
          .observe(document.body, { subtree: true, attributeFilter: ["class"] });
      });
      const changed = () =>
        page.evaluate(() => (globalThis as unknown as { changed: number }).changed);
      await page.locator("#plot-time g.series-2 path").first().dispatchEvent("pointerover");
      await markers.nth(2).dispatchEvent("pointerover");
      await markers.nth(3).dispatchEvent("pointerover");
      assert.equal(await changed(), 0);
      await page.locator("#plot-time g.series-1 [data-tip]").first().dispatchEvent("pointerover");
      assert.ok(await changed() > 10);
    });
  },
);
