import { join } from "node:path";
import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, withDefault } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument, command } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import type { NamedRun } from "../compare/compare_runs.ts";
import { traceHistory } from "../history/trace_history.ts";
import { InputError } from "../base/errors.ts";
import { historyPage } from "../history/history_page.ts";
import { historyReport } from "../history/history_text.ts";
import { readRun, runNames } from "../sweep/run_folder.ts";
import { isComplete } from "../sweep/run_state.ts";
import { commitFinder } from "../history/commits.ts";
import { formatOption, pageOption } from "./options.ts";
import type { Invocation, Terminal } from "../base/terminal.ts";
import { writePage } from "./write_page.ts";

const options = merge(
  object({
    folder: withDefault(
      argument(string({ metavar: "DIR" }), {
        description: message`Folder with the folders of runs (default: results).`,
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
      message`Lays the runs of a folder side by side by time, cell by cell, and names the runs and commits between which the level of a cell changed.`,
  },
);

async function history(given: InferValue<typeof options>, terminal: Terminal): Promise<number> {
  const runs = readAll(given.folder, terminal);
  const traced = traceHistory(runs);
  const findCommits = commitFinder();
  if (given.format === "json") terminal.out(JSON.stringify(traced, undefined, 2));
  else {
    terminal.out(
      historyReport(traced, findCommits, { width: terminal.width, color: terminal.color }),
    );
  }
  if (given.page !== undefined) {
    await writePage(given.page, historyPage(traced, findCommits), terminal);
  }
  return 0;
}

/**
 * Every run that can be read and came to its end; the others are told and left out. One that was interrupted has
 * cells with fewer trials than the others, and, where a sweep was given up for an edit, of code that nobody kept.
 */
export function readAll(folder: string, terminal: Pick<Terminal, "note">): NamedRun[] {
  const names = runNames(folder);
  const runs = names.flatMap((name): NamedRun[] => {
    try {
      const { run, trials } = readRun(join(folder, name));
      if (!isComplete(run, () => trials.length)) {
        const planned = run.trials === undefined ? "" : ` of ${run.trials}`;
        terminal.note(
          `warning: left out: ${name} did not come to its end, ${trials.length}${planned} trials ` +
            "(bench --resume goes on with it)",
        );
        return [];
      }
      return [{ name, run, trials }];
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      terminal.note(`warning: left out: ${error.message}`);
      return [];
    }
  });
  if (runs.length === 0) {
    throw new InputError(
      `Cannot tell a history: no run${
        names.length > 0 ? " that came to its end" : ""
      } in "${folder}"`,
      "name the folder in which the folders of runs lie, as --out of `bench` did",
    );
  }
  return runs;
}
