import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { axeFindings } from "../support/axe.ts";
import { launchBrowser, skipWithoutBrowser } from "../support/browser.ts";
import { PROJECT } from "../support/cli.ts";
import { SLOW } from "../support/slow.ts";
import { skipFor } from "../support/skips.ts";

const DIST = join(PROJECT, "site", "dist");
const skip = skipWithoutBrowser || skipFor(
  !existsSync(join(DIST, "index.html")) &&
    "the site is not built: `deno task site:check` builds it first",
);
const OPTIONS = { ...SLOW, skip };

const PHONE = { width: 375, height: 812 };
const DESKTOP = { width: 1280, height: 800 };
/** One page of each kind: start, tutorial, long page, gallery, wide tables, API, code, folder. */
const KINDS = [
  "index.html",
  "docs/tutorials/does-not-learn.html",
  "docs/GUIDE.html",
  "docs/MISTAKES.html",
  "docs/FORMAT.html",
  "api/index.html",
  "src/model/reference.ts.html",
  "src/format/index.html",
];

let browser: Browser;
before(async () => {
  if (!skip) browser = await launchBrowser();
});
after(() => browser?.close());

/** Opens pages of the site from disk in one tab; afterwards nothing may have complained or left the site. */
async function withSite(
  options: BrowserContextOptions,
  body: (page: Page, open: (path: string) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  page.on("console", (said) => {
    if (said.type() === "error") complaints.push(`${page.url()}: ${said.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`${page.url()}: ${error.message}`));
  page.on("request", (request) => {
    if (!/^data:/.test(request.url()) && !request.url().startsWith(pathToFileURL(DIST).href)) {
      complaints.push(`${page.url()} asked for ${request.url()}`);
    }
  });
  page.on("requestfailed", (request) => complaints.push(`cannot load ${request.url()}`));
  try {
    await body(page, (path) => page.goto(pathToFileURL(join(DIST, path)).href));
    assert.deepEqual(complaints, []);
  } finally {
    await page.close();
  }
}

test(
  "every page opens from disk on a phone without errors, and none is wider than it",
  OPTIONS,
  async () => {
    // Files shown as code have one layout: one of them is enough.
    const isCode = (path: string) => /\.\w+\.html$/.test(path) && !KINDS.includes(path);
    const pages = readdirSync(DIST, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".html") && !isCode(path));
    assert.ok(pages.length > 20, `${pages.length} pages`);
    await withSite({ viewport: PHONE }, async (page, open) => {
      for (const path of pages) {
        await open(path);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.equal(width, PHONE.width, path);
      }
    });
  },
);

test(
  "axe finds nothing on a page of any kind, on phone and desktop, light and dark",
  OPTIONS,
  async () => {
    for (const viewport of [PHONE, DESKTOP]) {
      await withSite({ viewport, bypassCSP: true }, async (page, open) => {
        for (const path of KINDS) {
          await open(path);
          for (const colorScheme of ["light", "dark"] as const) {
            await page.emulateMedia({ colorScheme });
            const where = `${path} at ${viewport.width} px, ${colorScheme}`;
            assert.deepEqual(await axeFindings(page, false), [], where);
          }
        }
      });
    }
  },
);

test(
  "the start page has the report's first screen, and leads to the tutorials and the report",
  OPTIONS,
  async () => {
    await withSite({ viewport: DESKTOP }, async (page, open) => {
      await open("index.html");
      assert.equal(await page.locator(".cards a").count(), 3);
      const verdict = await page.locator(".verdict").textContent();
      await page.locator(".first-screen .trust a").first().click();
      assert.match(page.url(), /results\/example\/report\.html#h-verification$/);
      assert.equal(await page.locator(".verdict").first().textContent(), verdict);
    });
  },
);

test("the search finds a section offline, by keyboard alone", OPTIONS, async () => {
  await withSite({ viewport: DESKTOP }, async (page, open) => {
    await open("docs/tutorials/choose.html");
    await page.keyboard.press("/");
    await page.keyboard.type("null twin");
    await page.locator("#found a").first().waitFor();
    assert.ok(await page.locator("#found a").count() > 1);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => !url.pathname.endsWith("choose.html"));
    assert.match(await page.locator("main").textContent() ?? "", /null.twin/i);
    await page.fill("#search", "qqqqq zzzzz");
    await page.getByText("Nothing found.").waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#found").isVisible(), false);
  });
});

test("a phone opens the menu; the chosen scheme holds on the next page", OPTIONS, async () => {
  await withSite({ viewport: PHONE, colorScheme: "light" }, async (page, open) => {
    await open("index.html");
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.getByRole("button", { name: "Dark" }).click();
    const dark = await ground();
    assert.notEqual(dark, light);
    assert.equal(await page.locator("nav").isVisible(), false);
    await page.getByRole("button", { name: "Menu" }).click();
    await page.locator("nav").getByText("Methodology").click();
    await page.waitForURL(/METHODOLOGY\.html$/);
    assert.equal(await ground(), dark);
    await page.getByRole("button", { name: "Light" }).waitFor();
  });
});

test("without scripts the pages and their navigation are whole", OPTIONS, async () => {
  await withSite({ viewport: DESKTOP, javaScriptEnabled: false }, async (page, open) => {
    await open("index.html");
    await page.locator("nav").getByText("Data", { exact: true }).click();
    await page.waitForURL(/DATA\.html$/);
    assert.equal(await page.locator("#search").isVisible(), false);
  });
});
