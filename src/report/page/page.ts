import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { SLOPE_VERSION } from "../../base/version.ts";
import { STYLESHEET } from "../stylesheet.ts";
import { escape } from "./escape.ts";
import { printLinks, type Served, SERVED_STYLES } from "./served.ts";

export interface Page {
  readonly title: string;
  /** Of what, where and when. */
  readonly subtitle?: string;
  /** Below the title: HTML. */
  readonly main: string;
  /** Behind it: elements that hold data. */
  readonly data?: string;
  /** Names of scripts beside this file, made one; by default the one that makes tables and plots more than paper. */
  readonly scripts?: readonly string[];
  /** Whether the script may talk with where the page came from. */
  readonly connects?: boolean;
  /** Absent of a page that is written to a file. */
  readonly served?: Served | undefined;
}

/** A page in one file: nothing is fetched, and nothing runs but its one script, whatever a name in it may hold. */
export function pageOf(
  { title, subtitle, main, data, scripts = ["script.js"], connects = false, served }: Page,
): string {
  const text = scripts.map(scriptNamed).join("\n");
  const policy = [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "img-src data:",
    `script-src 'sha256-${createHash("sha256").update(text).digest("base64")}'`,
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
<style>
${STYLESHEET}${served ? SERVED_STYLES : ""}</style>
</head>
<body>
<main>
${served ? printLinks(served) : ""}<h1>${escape(title)}</h1>
${subtitle === undefined ? "" : `<p class="subtitle">${escape(subtitle)}</p>\n`}${main}
</main>
${data === undefined ? "" : `${data}\n`}<script>${text}</script>
</body>
</html>
`;
}

const SCRIPTS = new Map<string, string>();

function scriptNamed(name: string): string {
  const text = SCRIPTS.get(name) ?? readFileSync(new URL(name, import.meta.url), "utf8");
  SCRIPTS.set(name, text);
  return text;
}
