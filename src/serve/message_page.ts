import { escape } from "../report/page/escape.ts";
import { pageOf } from "../report/page/page_shell.ts";
import { ALL_RUNS } from "../report/page/links.ts";

/** What went wrong, and what to do. */
export const messagePage = (title: string, text: string, remedy?: string): string =>
  pageOf({
    title,
    main: `<p>${escape(text)}</p>
${remedy === undefined ? "" : `<p>What to do: ${escape(remedy)}.</p>\n`}`,
    served: { links: [ALL_RUNS] },
  });
