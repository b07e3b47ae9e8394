import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { SLOPE_VERSION } from "../../base/version.ts";
import { STYLESHEET } from "../stylesheet.ts";
import { content, escape } from "./escape.ts";
import { printLinks, type Served, SERVED_STYLES } from "./links.ts";

export interface Page {
  readonly title: string;
  /** What was measured, where and when. */
  readonly subtitle?: string;
  /** HTML below the title. */
  readonly main: string;
  /** Elements behind it that hold data. */
  readonly data?: string;
  /** Files that are joined into one script; by default those that make tables and plots interactive. */
  readonly scripts?: readonly URL[];
  /** Whether the script may connect to the server of the page. */
  readonly connects?: boolean;
  /** Absent for a page that is written to a file. */
  readonly served?: Served | undefined;
}

/** A page in one file that fetches nothing. Its policy admits no script or style but its own, whatever names it holds. */
export function pageOf(
  { title, subtitle, main, data, scripts = SCRIPTS, connects = false, served }: Page,
): string {
  const text = scripts.map(textOf).join("\n");
  const styles = `\n${STYLESHEET}${served ? SERVED_STYLES : ""}`;
  const policy = [
    "default-src 'none'",
    `style-src '${hashOf(styles)}'`,
    "img-src data:",
    `script-src '${hashOf(text)}'`,
    ...(connects ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'self'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Slope ${SLOPE_VERSION}">
<title>${escape(title)}</title>
<style>${styles}</style>
</head>
<body>
<a class="skip" href="#title">Skip to the content</a>
<main>
${served ? printLinks(served) : ""}<h1 id="title" tabindex="-1">${content(title)}</h1>
${subtitle === undefined ? "" : `<p class="subtitle">${content(subtitle)}</p>\n`}${main}
</main>
${data === undefined ? "" : `${data}\n`}<script>${text}</script>
</body>
</html>
`;
}

const hashOf = (text: string): string =>
  `sha256-${createHash("sha256").update(text).digest("base64")}`;

/** What makes tables and plots interactive; the first holds what the others use. */
const SCRIPTS = ["look.js", "tips.js", "sort_tables.js", "raw_trials.js"]
  .map((name) => new URL(name, import.meta.url));

const READ = new Map<string, string>();

function textOf(script: URL): string {
  const text = READ.get(script.href) ?? readFileSync(script, "utf8");
  READ.set(script.href, text);
  return text;
}
