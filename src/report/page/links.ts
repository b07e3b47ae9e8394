import { escape } from "./escape.ts";

interface Link {
  readonly text: string;
  readonly address: string;
}

/** What a page has only on a server: a page in a file links to nothing but itself. */
export interface Served {
  /** Above the title. */
  readonly links: readonly Link[];
}

export const ALL_RUNS: Link = { text: "All runs", address: "/" };
export const OVER_TIME: Link = { text: "All runs over time", address: "/history" };

export const runAddress = (run: string): string => `/runs/${encodeURIComponent(run)}`;

export const compareAddress = (a: string, b: string): string =>
  `/compare?run=${encodeURIComponent(a)}&run=${encodeURIComponent(b)}`;

/** Names of runs and their addresses. */
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

/** The links that a server put into this page of a report before it was saved; undefined if none did. */
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

/** Added to the stylesheet on served pages only, so that written files do not depend on the server. */
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
.runs .programs { display: block; max-width: 11rem; overflow: hidden; text-overflow: ellipsis; }
.runs .answer { display: block; min-width: 14rem; max-width: 20rem; white-space: normal; }
.runs td a { margin-left: .35rem; }
@media print { .links { display: none; } }
`;
