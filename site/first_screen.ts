import { join } from "node:path";
import { printBlocks } from "../src/report/page/blocks.ts";
import { DARK, LIGHT, propertiesOf } from "../src/report/palette.ts";
import { buildDocument } from "../src/report/run_document.ts";
import { summarise } from "../src/summary/summarise.ts";
import { readRun } from "../src/sweep/run_folder.ts";

export interface FirstScreen {
  readonly subtitle: string;
  /** Verdict, three figures, ranking, reason and what to trust, as HTML. Links lead to `page`. */
  readonly html: string;
}

/** The first screen of the report on a run, as `report.html` has it; `page` is that report's address. */
export function firstScreen(folder: string, page: string): FirstScreen {
  const { run, trials } = readRun(folder);
  const summary = summarise(run, trials, "example");
  const { subtitle = "", blocks } = buildDocument(summary, { name: "example", run, trials });
  const end = blocks.findIndex(({ kind }) => kind === "trust");
  if (end < 0) throw new Error(`Cannot take the first screen of ${join(folder, "report.html")}`);
  return {
    subtitle,
    html: printBlocks(blocks.slice(0, end + 1)).replaceAll(`href="#`, `href="${page}#`),
  };
}

/** The colours of the report's plots, as properties of a page that has both schemes. */
export function plotColours(): string {
  const dark = new Map(propertiesOf(DARK));
  const pairs = propertiesOf(LIGHT).map(([name, light]) =>
    `--${name}: light-dark(${light}, ${dark.get(name)});`
  );
  return `:root {
  --text: light-dark(${LIGHT.text}, ${DARK.text}); --ink: light-dark(${LIGHT.ink}, ${DARK.ink});
  --page: light-dark(${LIGHT.ground}, ${DARK.ground}); --plot-page: var(--page);
  ${pairs.join("\n  ")}
}\n`;
}
