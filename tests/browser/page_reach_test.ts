import assert from "node:assert/strict";
import { test } from "node:test";
import { axeFindings } from "../support/axe.ts";
import { type OpenPage, skipWithoutBrowser, unfold, withPage } from "../support/browser.ts";
import { pageOf, THREE } from "../support/report_pages.ts";
import { skipOutsideDeno, SLOW } from "../support/slow.ts";

const IN_BROWSER = { ...SLOW, skip: skipOutsideDeno || skipWithoutBrowser };
const url = await pageOf("three", THREE);

const tipOf = (page: OpenPage["page"]) => page.locator(".tip");

test("a tip stays after a tap until a tap elsewhere, and Escape ends it", IN_BROWSER, async () => {
  const phone = { viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true };
  await withPage(url, phone, async ({ page, complaints }) => {
    await unfold(page);
    // Its slowest program lies far from the others.
    const marker = page.locator("#plot-time .narrow g.series-0 [data-tip]").first();
    await marker.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await marker.boundingBox())!;
    // A finger does not hit the middle.
    await page.touchscreen.tap(x + width / 2 - 8, y + height / 2 + 8);
    await page.waitForTimeout(400);
    assert.match(
      await tipOf(page).textContent() ?? "",
      /^naive_loop: k = \S+\ntraining examples m: 1,000/,
    );
    assert.ok(await tipOf(page).isVisible());
    await page.touchscreen.tap(200, 5);
    await tipOf(page).waitFor({ state: "hidden" });
    await page.touchscreen.tap(x + width / 2, y + height / 2);
    await tipOf(page).waitFor();
    await page.keyboard.press("Escape");
    await tipOf(page).waitFor({ state: "hidden" });
    assert.deepEqual(complaints, []);
  });
});

test(
  "every plot is one tab stop, and arrow keys move from marker to marker",
  IN_BROWSER,
  async () => {
    await withPage(url, {}, async ({ page, complaints }) => {
      await unfold(page);
      assert.equal(
        await page.locator("figure [tabindex='0']").count(),
        await page.locator("figure svg").count(),
      );
      const plot = page.locator("#plot-time .roomy");
      assert.equal(
        await plot.getAttribute("aria-label"),
        "Time per epoch: arrow keys move from marker to marker",
      );
      await plot.focus();
      const said = page.locator("main > [role=status]");
      const seen: string[] = [];
      for (
        const key of [
          "ArrowRight",
          "ArrowRight",
          "ArrowDown",
          "End",
          "Home",
          "ArrowUp",
          "ArrowLeft",
        ]
      ) {
        await page.keyboard.press(key);
        const text = await tipOf(page).textContent() ?? "";
        assert.equal(await said.textContent(), text, "and is told");
        const [name, size] = text.split("\n");
        seen.push(`${name.split(":")[0]} ${size.split(": ")[1]}`);
      }
      const [first, , third] = await page.locator("#plot-time .roomy [data-tip]").evaluateAll((
        all,
      ) =>
        [0, 1, 2].map((i) =>
          (all[7 * i] as unknown as { dataset: { tip: string } }).dataset.tip.split(":")[0]
        )
      );
      const second = seen[2].split(" ")[0];
      assert.ok(first !== second && third !== undefined);
      assert.deepEqual(seen, [
        `${first} 1,000`,
        `${first} 2,000`,
        `${second} 2,000`,
        `${second} 60,000`,
        `${second} 1,000`,
        `${first} 1,000`,
        `${first} 1,000`,
      ]);
      await page.keyboard.press("Escape");
      assert.ok(!await tipOf(page).isVisible());
      assert.deepEqual(complaints, []);
    });
  },
);

test(
  "tables and plots have names of their own, and only what scrolls is a tab stop",
  IN_BROWSER,
  async () => {
    await withPage(url, {}, async ({ page }) => {
      await unfold(page);
      const names = await page.locator(".scroll table").evaluateAll((tables) =>
        tables.map((table) =>
          document.getElementById(table.getAttribute("aria-labelledby") ?? "")?.textContent ??
            table.getAttribute("aria-label") ?? ""
        )
      );
      assert.ok(names.length > 15 && names.every((name) => name.length > 2), String(names));
      assert.equal(new Set(names).size, names.length);
      const plots = await page.locator(".drawn:visible").evaluateAll((plots) =>
        plots.map((plot) => plot.getAttribute("aria-label"))
      );
      assert.equal(new Set(plots).size, plots.length);
      const ids = await page.locator("[id]").evaluateAll((all) => all.map(({ id }) => id));
      assert.equal(new Set(ids).size, ids.length);
      await page.evaluate(() => scrollTo(0, 0));
      await page.getByRole("link", { name: "Skip to the content" }).focus();
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement?.localName), "h1");
      // Only a table that scrolls is a tab stop.
      const stops = await page.locator(".scroll").evaluateAll((boxes) =>
        boxes.filter((box) => box.hasAttribute("tabindex") !== box.scrollWidth > box.clientWidth)
          .length
      );
      assert.equal(stops, 0);
      await page.getByRole("button", { name: "Show all or none" }).waitFor();
      await page.getByRole("searchbox", { name: "Series with" }).waitFor();
    });
    await withPage(
      url,
      { bypassCSP: true, viewport: { width: 375, height: 667 } },
      async ({ page }) => {
        await unfold(page);
        const wide = page.locator(".metric .scroll[tabindex]").first();
        assert.equal(await wide.getAttribute("aria-label"), "Time per epoch: scrolls");
        await page.locator("#plot-time .narrow").focus();
        await page.keyboard.press("ArrowRight");
        assert.deepEqual(await axeFindings(page), []);
      },
    );
  },
);
