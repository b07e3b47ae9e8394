import { command, type InferValue, merge, message, object, optional, or } from "@optique/core";
import process from "node:process";
import { InputError } from "../base/errors.ts";
import { mnistCacheFolder } from "../base/cache_folder.ts";
import { type DatasetDescription, describeDataset } from "../data/describe_dataset.ts";
import { checkDirectory, type FileCheck } from "../data/directory.ts";
import { downloadMnist } from "../data/download.ts";
import { counted, formatCount, formatFixed, formatPercent } from "../report/numbers.ts";
import { alignedRows } from "../report/text_table.ts";
import { wrap } from "../base/wrap.ts";
import {
  action,
  type DataOptions,
  dataOptions,
  formatOption,
  loadData,
  textArgument,
} from "./options.ts";
import { print } from "./output.ts";
import type { Terminal } from "../base/terminal.ts";

const folderArgument = object({
  folder: optional(
    textArgument("DIR", message`The folder (default: $SLOPE_DATA for check, else the cache).`),
  ),
});

export const dataCommand = command(
  "data",
  or(
    action(
      "get",
      merge(folderArgument, formatOption),
      { brief: message`Download MNIST (11 MB) into the cache, or a folder.` },
      get,
    ),
    action(
      "check",
      merge(folderArgument, formatOption),
      { brief: message`Check the files of a folder: their shapes, examples and checksums.` },
      check,
    ),
    action(
      "info",
      merge(dataOptions, formatOption),
      { brief: message`Describe the data set that a sweep would use.` },
      info,
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

type Given = InferValue<typeof folderArgument> & InferValue<typeof formatOption>;

async function get({ folder, format }: Given, terminal: Terminal): Promise<number> {
  const into = folder ?? cacheFolder();
  await downloadMnist(into, { announce: (line) => terminal.note(line) });
  terminal.out(format === "json" ? JSON.stringify({ folder: into }) : into);
  return 0;
}

function check({ folder, format }: Given, terminal: Terminal): Promise<number> {
  const checks = checkDirectory(folder ?? (process.env.SLOPE_DATA || cacheFolder()));
  print(format, terminal, checks, () => alignedRows(checks.map(checkRow), terminal.width).flat());
  return Promise.resolve(checks.some(({ error }) => error !== undefined) ? 1 : 0);
}

const checkRow = (file: FileCheck): string[] => [
  file.found ?? file.name,
  file.error !== undefined ? "not usable" : file.isMnist ? "MNIST" : "valid, not MNIST",
  file.count === undefined ? "" : counted(file.count, "example"),
  file.rows === undefined ? "" : `${file.rows} × ${file.columns}`,
  file.error ?? (file.sha256 === undefined ? "" : `SHA-256 ${file.sha256}`),
];

type InfoOptions = DataOptions & InferValue<typeof formatOption>;

async function info(given: InfoOptions, terminal: Terminal): Promise<number> {
  const { train, test, source } = await loadData(given, terminal);
  const described = { ...source, train: describeDataset(train), test: describeDataset(test) };
  const sets = [
    ["set", "examples", "pixels", "non-zero", "mean", "by class"],
    setRow("train", described.train),
    setRow("test", described.test),
  ];
  print(given.format, terminal, described, () => [
    ...wrap(`${source.name}: ${source.source}`, terminal.width, "  "),
    ...alignedRows(sets, terminal.width).flat(),
    ...Object.entries(source.sha256).flatMap(([file, sum]) =>
      wrap(`${file} SHA-256 ${sum}`, terminal.width, "  ")
    ),
  ]);
  return 0;
}

const setRow = (name: string, set: DatasetDescription): string[] => [
  name,
  formatCount(set.count),
  formatCount(set.features),
  formatPercent(set.density),
  formatFixed(set.meanPixel, 4),
  set.classCounts.join(" "),
];
