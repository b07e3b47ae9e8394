import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import process from "node:process";
import { type Browser, chromium, type Page } from "playwright-core";
import { skipFor } from "./skips.ts";

/** Where SLOPE_CHROMIUM names a browser that is missing, tests fail instead of being skipped. */
const executablePath = process.env.SLOPE_CHROMIUM ??
  ["/usr/bin/chromium", "/usr/bin/google-chrome"].find(existsSync);

/** `test(name, { skip: skipWithoutBrowser }, fn)`: false where there is a browser, else the reason. */
export const skipWithoutBrowser: string | false = skipFor(
  executablePath === undefined &&
    "there is no Chromium: install Debian's chromium, or name one with SLOPE_CHROMIUM",
);

export interface OpenPage {
  readonly page: Page;
  /** Errors in the console, exceptions, and requests to anything but the page's own server. */
  readonly complaints: readonly string[];
}

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: executablePath!,
    args: ["--no-sandbox"], // of containers that run as root
  });

/** Opens a page in a fresh browser for `body`, and closes both. */
export async function withPage(
  url: string,
  options: Parameters<Browser["newPage"]>[0],
  body: (open: OpenPage) => Promise<void>,
): Promise<void> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage(options);
    // Sweeps run beside the browser, and no test is about how fast a page is.
    page.setDefaultTimeout(180_000);
    const complaints: string[] = [];
    page.on("console", (said) => {
      if (said.type() === "error") complaints.push(said.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      // A served page may use its own server; a page from disk may make no requests.
      const isOwn = url.startsWith("http")
        ? new URL(request.url()).origin === new URL(url).origin
        : request.url() === url;
      if (!isOwn) complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(url);
    await body({ page, complaints });
  } finally {
    await browser.close();
  }
}

/** Opens every folded section but that of the raw trials. */
export const unfold = (page: Page): Promise<void> =>
  page.locator("details:not(.raw-trials)").evaluateAll((folds) => {
    for (const fold of folds) fold.setAttribute("open", "");
  });

/** Opens a page for `body`, and asserts that the browser reported no errors. */
export const withFaultlessPage = (
  url: string,
  options: Parameters<typeof withPage>[1],
  body: (page: Page) => Promise<void>,
): Promise<void> =>
  withPage(url, options, async ({ page, complaints }) => {
    await body(page);
    assert.deepEqual(complaints, []);
  });
