import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

const AXE = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

/**
 * What axe finds in the page as it is. The page must be open with `bypassCSP`. `preload` lets axe request style sheets,
 * which a browser refuses from disk.
 */
export async function axeFindings(page: Page, preload = true): Promise<string[]> {
  await page.evaluate(AXE);
  return await page.evaluate(async (preload) => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(
          options: { preload: boolean },
        ): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run({ preload });
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
  }, preload);
}
