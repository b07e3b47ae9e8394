import { merge, message, object, withDefault } from "@optique/core";
import { traceHistory } from "../history/trace_history.ts";
import { readAll } from "../history/read_runs.ts";
import { historyPage } from "../history/history_page.ts";
import { historyReport } from "../history/history_text.ts";
import { findCommits } from "../history/commits.ts";
import { BRIEFS } from "./briefs.ts";
import { action, formatOption, pageOption, textArgument } from "./options.ts";
import { print, writePage } from "./output.ts";

const options = merge(
  object({
    folder: withDefault(
      textArgument("DIR", message`Folder that holds the folders of runs (default: results).`),
      "results",
    ),
  }),
  formatOption,
  pageOption,
);

const texts = {
  brief: BRIEFS.history,
  description:
    message`Shows every cell of the runs in a folder over time, and names the runs and commits between which its level changed.`,
};

export const historyCommand = action("history", options, texts, async (given, terminal) => {
  const runs = readAll(given.folder, terminal);
  const traced = traceHistory(runs);
  print(given.format, terminal, traced, () => historyReport(traced, findCommits, terminal));
  if (given.page !== undefined) {
    await writePage(given.page, historyPage(traced, findCommits), terminal);
  }
  return 0;
});
