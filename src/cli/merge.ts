import {
  argument,
  flag,
  merge,
  message,
  multiple,
  object,
  string,
  withDefault,
} from "@optique/core";
import { join } from "node:path";
import { InputError } from "../base/errors.ts";
import { publish } from "../library/runs.ts";
import { distinctShards } from "../merge/check_shards.ts";
import { mergeShards } from "../merge/merge_shards.ts";
import { leftOutShardText } from "../merge/merge_words.ts";
import { type LeftOutShard, readShards } from "../merge/read_shards.ts";
import { mergedName, writeMerged } from "../merge/write_merged.ts";
import { counted } from "../report/numbers.ts";
import { terminalReport, verboseReport } from "../report/terminal_report.ts";
import { pointLatest } from "../sweep/run_folder.ts";
import { BRIEFS } from "./briefs.ts";
import { action, formatOption, textOption, verboseOption } from "./options.ts";
import { print, readNamedRun } from "./output.ts";

const options = merge(
  object({
    folders: multiple(
      argument(string({ metavar: "DIR" }), {
        description: message`Folders of shards, or a folder that holds them.`,
      }),
    ),
    out: textOption(
      "--out",
      "RUN",
      message`Folder of the merged run (default: in the folder of runs, named after the first start and host). An earlier merge of the same shards is replaced.`,
    ),
    byMachine: withDefault(
      flag("--by-machine", {
        description:
          message`Merge shards of different CPUs: each kind of machine gets figures of its own, and no ratio mixes two.`,
      }),
      false,
    ),
  }),
  formatOption,
  verboseOption,
);

const texts = {
  brief: BRIEFS.merge,
  description:
    message`Makes one run of the shards that nodes measured with bench --shard. It checks that they share plan, data, code and kind of machine. What is missing is said first. The order of the shards does not matter.`,
};

export const mergeCommand = action("merge", options, texts, async (given, terminal) => {
  const tell = (one: LeftOutShard) => terminal.note(`warning: ${leftOutShardText(one)}`);
  if (given.folders.length === 0) {
    throw new InputError(
      "Cannot merge: no folder is named",
      "name the folder that `bench --shard` was given as --out, or folders of shards",
    );
  }
  const shards = distinctShards(readShards(given.folders, tell), given.byMachine, tell);
  const merged = mergeShards(shards, given.byMachine);
  const isNamed = given.chosen?.has("out");
  const folder = isNamed ? given.out! : join(given.out!, mergedName(merged.run));
  await writeMerged(folder, merged, shards);
  if (!isNamed) await pointLatest(folder);
  const raw = readNamedRun(folder, terminal);
  await publish(raw).catch(again);
  const { summary } = raw;
  print(
    given.format,
    terminal,
    summary,
    () => (given.verbose ? verboseReport : terminalReport)(summary, terminal),
  );
  terminal.note(`merged ${counted(shards.length, "shard")}: ${folder}`);
  terminal.note(`report: ${join(folder, "report.html")}`);
  return summary.counts.failed > 0 ? 1 : 0;
});

/** Reports come after the records: where they cannot be written, the same merge may be repeated. */
function again(error: unknown): never {
  if (!(error instanceof InputError)) throw error;
  throw new InputError(
    error.message,
    "free space there or name another folder by --out, and merge again",
    { cause: error },
  );
}
