import { merge, object, or } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional } from "@optique/core/modifiers";
import { argument, command } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import process from "node:process";
import { InputError } from "../base/errors.ts";
import { mnistCacheFolder } from "../data/cache_folder.ts";
import { type DatasetDescription, describeDataset } from "../data/describe_dataset.ts";
import { checkDirectory, type FileCheck } from "../data/directory.ts";
import { downloadMnist } from "../data/download.ts";
import { alignedRows } from "../report/text_table.ts";
import { wrap } from "../base/wrap.ts";
import { loadData } from "./load_data.ts";
import { dataOptions, formatOption } from "./options.ts";
import type { Invocation, Terminal } from "../base/terminal.ts";

const folderArgument = object({
  folder: optional(argument(string({ metavar: "DIR" }), {
    description: message`The folder (default: $SLOPE_DATA for check, else the cache).`,
  })),
});

export const dataCommand = command(
  "data",
  or(
    command(
      "get",
      map(
        merge(folderArgument, formatOption),
        ({ folder, format }): Invocation => (terminal) => get(folder, format, terminal),
      ),
      { brief: message`Download MNIST (11 MB) into the cache, or a folder.` },
    ),
    command(
      "check",
      map(
        merge(folderArgument, formatOption),
        ({ folder, format }): Invocation => (terminal) => check(folder, format, terminal),
      ),
      { brief: message`Check the files of a folder: shape, counts, checksums.` },
    ),
    command(
      "info",
      map(
        merge(dataOptions, formatOption),
        (given): Invocation => (terminal) => info(given, terminal),
      ),
      { brief: message`Describe the data set that a sweep would use.` },
    ),
  ),
  { brief: message`Get, check and describe data sets.` },
);

function cacheFolder(): string {
  const folder = mnistCacheFolder(process.env);
  if (folder === undefined) {
    throw new InputError("Cannot find the cache: no home folder is known", "name a folder");
  }
  return folder;
}

async function get(
  folder: string | undefined,
  format: "text" | "json",
  terminal: Terminal,
): Promise<number> {
  const into = folder ?? cacheFolder();
  await downloadMnist(into, { announce: (line) => terminal.note(line) });
  terminal.out(format === "json" ? JSON.stringify({ folder: into }) : into);
  return 0;
}

function check(
  folder: string | undefined,
  format: "text" | "json",
  terminal: Terminal,
): Promise<number> {
  const checks = checkDirectory(folder ?? (process.env.SLOPE_DATA || cacheFolder()));
  if (format === "json") {
    terminal.out(JSON.stringify(checks, undefined, 2));
  } else {
    alignedRows(checks.map(checkRow), terminal.width).flat().forEach(terminal.out);
  }
  return Promise.resolve(checks.some(({ error }) => error !== undefined) ? 1 : 0);
}

function checkRow(file: FileCheck): string[] {
  return [
    file.found ?? file.name,
    file.error !== undefined ? "not usable" : file.isMnist ? "MNIST" : "valid, not MNIST",
    file.count === undefined ? "" : `${file.count} examples`,
    file.rows === undefined ? "" : `${file.rows} × ${file.columns}`,
    file.error ?? (file.sha256 === undefined ? "" : `SHA-256 ${file.sha256}`),
  ];
}

async function info(
  given: { data: string | undefined; synthetic: boolean; format: "text" | "json" },
  terminal: Terminal,
): Promise<number> {
  const { train, test, source } = await loadData(given, terminal);
  const described = { ...source, train: describeDataset(train), test: describeDataset(test) };
  if (given.format === "json") {
    terminal.out(JSON.stringify(described, undefined, 2));
    return 0;
  }
  const sets = [
    ["set", "examples", "pixels", "non-zero", "mean", "by class"],
    setRow("train", described.train),
    setRow("test", described.test),
  ];
  [
    ...wrap(`${source.name}: ${source.source}`, terminal.width, "  "),
    ...alignedRows(sets, terminal.width).flat(),
    ...Object.entries(source.sha256).flatMap(([file, sum]) =>
      wrap(`${file} SHA-256 ${sum}`, terminal.width, "  ")
    ),
  ].forEach(terminal.out);
  return 0;
}

function setRow(name: string, set: DatasetDescription): string[] {
  return [
    name,
    String(set.count),
    String(set.features),
    `${(100 * set.density).toFixed(2)} %`,
    set.meanPixel.toFixed(4),
    set.classCounts.join(" "),
  ];
}
