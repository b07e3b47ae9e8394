import { escape } from "./escape.ts";

export interface Link {
  readonly text: string;
  readonly address: string;
}

/** What a page has only where a server gives it: one that is written to a file leads nowhere but into itself. */
export interface Served {
  /** Above the title. */
  readonly links: readonly Link[];
}

export const ALL_RUNS: Link = { text: "All runs", address: "/" };
export const OVER_TIME: Link = { text: "All runs over time", address: "/history" };

export const runAddress = (run: string): string => `/runs/${encodeURIComponent(run)}`;

export const compareAddress = (a: string, b: string): string =>
  `/compare?run=${encodeURIComponent(a)}&run=${encodeURIComponent(b)}`;

/** Where the names of runs lead to. */
export const runAddresses = (runs: readonly string[]): ReadonlyMap<string, string> =>
  new Map(runs.map((run) => [run, runAddress(run)]));

/** Above the report of a run. */
export const reportLinks = (run: string, goesOn: boolean): Served => ({
  links: [
    ALL_RUNS,
    OVER_TIME,
    ...(goesOn ? [{ text: "Follow its sweep", address: `${runAddress(run)}/live` }] : []),
  ],
});

/** What a server gave this page of a report, to the letter, with which it may have been saved; undefined of one from a file. */
export const servedIn = (html: string, run: string): Served | undefined =>
  [true, false].map((goesOn) => reportLinks(run, goesOn))
    .find((served) => html.includes(printLinks(served)));

export function printLinks({ links }: Served): string {
  if (links.length === 0) return "";
  const printed = links.map(({ text, address }) =>
    `<a href="${escape(address)}">${escape(text)}</a>`
  );
  return `<nav class="links" aria-label="Slope">${printed.join("\n")}</nav>\n`;
}

/** Beside the stylesheet of all pages: files that are written must not change with the server. */
export const SERVED_STYLES =
  `.links { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0 0 1rem; font-size: .875rem; }
#connection:empty, #problem:empty, #latest:empty { display: none; }
#connection, #problem, .synthetic, .problem-failed { color: var(--slower); }
.problem-failed { font-weight: 600; }
#problems { padding: 0; list-style: none; font-size: .875rem; max-width: none; }
#bar, #state, #report { vertical-align: middle; }
#report { white-space: nowrap; margin-left: .5rem; }
#figure { margin: 1rem 0; }
.marker { width: 1.1em; height: 1.1em; vertical-align: -.2em; }
.runs td, .runs tbody th { white-space: nowrap; min-width: 0; }
.runs .names { display: block; max-width: 11rem; overflow: hidden; text-overflow: ellipsis; }
.runs td a { margin-left: .35rem; }
@media print { .links { display: none; } }
`;
