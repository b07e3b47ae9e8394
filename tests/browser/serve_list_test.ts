import assert from "node:assert/strict";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { skipWithoutBrowser, withPage } from "../support/browser.ts";
import { withFolder } from "../support/cli.ts";
import { served, startServer, stopServer, writeDays, writeGoingOn } from "../support/served.ts";
import { SLOW } from "../support/slow.ts";

const IN_BROWSER = { ...SLOW, skip: skipWithoutBrowser };

/** Opens a tab in the same browser: tabs share the connections to a host. */
async function openTab(beside: Page, url: string): Promise<Page> {
  const [tab] = await Promise.all([
    beside.context().waitForEvent("page"),
    beside.evaluate((url) => void open(url, "_blank", "noopener"), url),
  ]);
  await tab.waitForURL(url, { timeout: 60_000 });
  return tab;
}

/** Hides or shows a tab. A headless browser regards all tabs as visible, so the page is told otherwise. */
const turn = (page: Page, state: "hidden" | "visible"): Promise<void> =>
  page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);

test("eight tabs: background tabs release their connections", IN_BROWSER, async () => {
  await withFolder(async (out) => {
    await writeDays(out, 1);
    await served(out, async (url) => {
      await withPage(url, {}, async ({ page }) => {
        await turn(page, "hidden");
        for (let i = 2; i <= 8; i++) {
          const address = i % 2 === 0 ? url : `${url}runs/2026-03-01/live`;
          const tab = await openTab(page, address);
          await tab.getByRole("link").first().waitFor({ timeout: 60_000 });
          await turn(tab, "hidden");
        }
        await writeDays(out, 2);
        await turn(page, "visible");
        await page.getByRole("link", { name: "2026-03-02" }).waitFor({ timeout: 60_000 });
      });
    });
  });
});

test("eight visible tabs all load and follow changes", IN_BROWSER, async () => {
  await withFolder(async (out) => {
    await writeDays(out, 1);
    await served(out, async (url) => {
      await withPage(url, {}, async ({ page }) => {
        const tabs = [page];
        while (tabs.length < 8) tabs.push(await openTab(page, url));
        await writeDays(out, 2);
        for (const tab of tabs) {
          await tab.getByRole("link", { name: "2026-03-02" }).waitFor({ timeout: 60_000 });
        }
        await tabs[7].getByRole("link", { name: "2026-03-02" }).click();
        await tabs[7].getByRole("heading", { name: "Gradient benchmark 2026-03-02" }).waitFor();
      });
    });
  });
});

test(
  "the page says when the server is gone, and catches up when it is back",
  IN_BROWSER,
  async () => {
    await withFolder(async (out) => {
      await writeDays(out, 1);
      const first = await startServer(out);
      await withPage(first.url, {}, async ({ page }) => {
        const connection = page.locator("#connection");
        await stopServer(first.server);
        await page.getByText("No connection: ").waitFor();
        await writeDays(out, 2);
        const { server } = await startServer(out, Number(new URL(first.url).port));
        await page.getByRole("link", { name: "2026-03-02" }).waitFor();
        assert.equal(await connection.textContent(), "");
        await stopServer(server);
      });
    });
  },
);

test("an update of the list keeps focus and ticks", IN_BROWSER, async () => {
  await withFolder(async (out) => {
    await writeDays(out, 2);
    const run = join(out, "going-on");
    await writeGoingOn(run, 3);
    await served(out, async (url) => {
      await withPage(url, {}, async ({ page, complaints }) => {
        const focused = () => page.evaluate(() => document.activeElement?.textContent);
        const row = page.locator('tr[data-key="going-on"]');
        await page.getByLabel("compare going-on").check();
        await row.getByRole("link", { name: "follow" }).focus();
        await writeGoingOn(run, 5);
        await row.getByText("5 of 18").waitFor();
        assert.equal(await focused(), "follow");
        await writeDays(out, 3); // a row of its own comes above
        await page.getByRole("link", { name: "2026-03-03" }).waitFor();
        assert.equal(await focused(), "follow");
        await writeGoingOn(run, 18, { finishedAt: "2026-04-01T10:02:00.000Z" });
        await row.getByText("✓ finished").waitFor();
        assert.equal(await focused(), "going-on"); // the link beside the one that is no more
        rmSync(join(out, "2026-03-01"), { recursive: true });
        await page.getByRole("link", { name: "2026-03-01" }).waitFor({ state: "detached" });
        assert.ok(await page.getByLabel("compare going-on").isChecked());
        assert.deepEqual(complaints, []);
      });
    });
  });
});

test(
  "the list says when its folder is gone, and lists it again when it is back",
  IN_BROWSER,
  async () => {
    await withFolder(async (folder) => {
      const out = join(folder, "out");
      await writeDays(out, 1);
      await served(out, async (url) => {
        await withPage(url, {}, async ({ page }) => {
          renameSync(out, join(folder, "elsewhere"));
          await page.getByText(/^Cannot list the runs in /).waitFor();
          renameSync(join(folder, "elsewhere"), out);
          await page.getByText(/^Cannot list the runs in /).waitFor({ state: "detached" });
          await page.getByRole("link", { name: "2026-03-01" }).waitFor();
        });
      });
    });
  },
);

test(
  "back from a comparison the same two runs are ticked, and ticking a third unticks the first",
  IN_BROWSER,
  async () => {
    await withFolder(async (out) => {
      await writeDays(out, 3);
      await served(out, async (url) => {
        await withPage(url, {}, async ({ page, complaints }) => {
          const ticked = () =>
            page.locator("input:checked").evaluateAll((boxes) =>
              boxes.map((box) => (box as HTMLInputElement).value)
            );
          await page.getByLabel("compare 2026-03-01").check();
          await page.getByLabel("compare 2026-03-02").check();
          await page.getByRole("button", { name: "Compare these two" }).click();
          await page.getByRole("heading", { name: "2026-03-02 against 2026-03-01" }).waitFor();
          await writeDays(out, 4); // by their numbers the boxes are now those of other runs
          await page.goBack();
          await page.getByLabel("compare 2026-03-04").waitFor();
          assert.deepEqual(await ticked(), ["2026-03-02", "2026-03-01"]);
          assert.ok(await page.getByRole("button", { name: "Compare these two" }).isEnabled());
          await page.getByLabel("compare 2026-03-03").check();
          assert.deepEqual(await ticked(), ["2026-03-03", "2026-03-02"]);
          assert.deepEqual(complaints, []);
        });
      });
    });
  },
);

test(
  "a row shows the time to the minute and the data set, and stays one line high on a phone",
  IN_BROWSER,
  async () => {
    await withFolder(async (out) => {
      await writeDays(out, 1);
      const implementations = Array.from({ length: 12 }, (_, i) => `implementation_number_${i}`);
      await writeGoingOn(join(out, "20260401T100000Z-made-up"), 0, {
        plan: { implementations },
        data: { name: "synthetic", synthetic: true },
      });
      await served(out, async (url) => {
        await withPage(url, { viewport: { width: 375, height: 800 } }, async ({ page }) => {
          const time = page.locator('time[datetime="2026-03-01T10:00:00.000Z"]');
          assert.equal(await time.textContent(), "2026-03-01 10:00 UTC");
          assert.match(await page.locator("tbody").textContent() ?? "", /⚠ synthetic.*mnist/s);
          for (const row of await page.locator("tbody tr").all()) {
            const { height } = (await row.boundingBox())!;
            assert.ok(height < 45, `a row is ${height} px high`);
          }
          assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 375);
        });
      });
    });
  },
);

test("HTML in a name is shown as text on every page", IN_BROWSER, async () => {
  const name = '<img src=x onerror="alert(1)">&amp;';
  await withFolder(async (out) => {
    await writeDays(out, 6);
    renameSync(join(out, "2026-03-06"), join(out, name));
    await writeGoingOn(join(out, `going ${name}`), 4);
    await served(out, async (url) => {
      await withPage(url, {}, async ({ page, complaints }) => {
        const going = `runs/${encodeURIComponent(`going ${name}`)}`;
        for (
          const path of ["", "history", `runs/${encodeURIComponent(name)}`, `${going}/live`, going]
        ) {
          await page.goto(url + path);
          await page.getByText(name).first().waitFor();
          assert.equal(await page.locator("img").count(), 0, path);
        }
        assert.deepEqual(complaints, []);
      });
    });
  });
});
