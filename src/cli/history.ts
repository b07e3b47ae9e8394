import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, withDefault } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument, command } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { traceHistory } from "../history/trace_history.ts";
import { readAll } from "../history/read_runs.ts";
import { historyPage } from "../history/history_page.ts";
import { historyReport } from "../history/history_text.ts";
import { commitFinder } from "../history/commits.ts";
import { formatOption, pageOption } from "./options.ts";
import type { Invocation, Terminal } from "../base/terminal.ts";
import { print, writePage } from "./output.ts";

const options = merge(
  object({
    folder: withDefault(
      argument(string({ metavar: "DIR" }), {
        description: message`Folder that holds the folders of runs (default: results).`,
      }),
      "results",
    ),
  }),
  formatOption,
  pageOption,
);

export const historyCommand = command(
  "history",
  map(options, (given): Invocation => (terminal) => history(given, terminal)),
  {
    brief: message`The runs of a folder over time: trends, and where a level changed.`,
    description:
      message`Shows every cell of the runs in a folder over time, and names the runs and commits between which its level changed.`,
  },
);

async function history(given: InferValue<typeof options>, terminal: Terminal): Promise<number> {
  const runs = readAll(given.folder, terminal);
  const traced = traceHistory(runs);
  const findCommits = commitFinder();
  print(given.format, terminal, traced, () => historyReport(traced, findCommits, terminal));
  if (given.page !== undefined) {
    await writePage(given.page, historyPage(traced, findCommits), terminal);
  }
  return 0;
}
