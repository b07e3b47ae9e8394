import { ownFile } from "../base/own_command.ts";
import {
  command,
  type InferValue,
  merge,
  message,
  object,
  optional,
  or,
  text,
} from "@optique/core";
import { existsSync } from "node:fs";
import process from "node:process";
import { InputError } from "../base/errors.ts";
import { type DatasetDescription, describeDataset } from "../data/describe_dataset.ts";
import { checkPlace, type FileCheck } from "../data/files/check_place.ts";
import { downloadSet } from "../data/download.ts";
import { folderInCache, KNOWN_SETS, type KnownSet, knownSet, MNIST } from "../data/known_sets.ts";
import { eventText, noteText } from "../report/data_words.ts";
import { drawDigits } from "../report/draw_digits.ts";
import { counted, formatCount, formatFixed, formatPercent } from "../report/numbers.ts";
import { alignedRows } from "../report/text_table.ts";
import { wrapped } from "../report/terminal_style.ts";
import { wrap } from "../base/wrap.ts";
import { BRIEFS } from "./briefs.ts";
import { deformCommand } from "./data_deform.ts";
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

const placeArgument = object({
  place: optional(
    textArgument("DATA", message`A folder, a file or a known set (default: as for a sweep).`),
  ),
});

const getArguments = object({
  set: optional(
    textArgument("SET", message`A known set, as fashion-mnist (default: MNIST), or a folder.`),
  ),
  folder: optional(textArgument("DIR", message`The folder (default: the cache).`)),
});

export const dataCommand = command(
  "data",
  or(
    action(
      "get",
      merge(getArguments, formatOption),
      {
        brief: message`Download MNIST (11 MB) or another set into the cache, or a folder.`,
        description: message`Known sets: ${text(KNOWN_SETS.map(({ name }) => name).join(", "))}.`,
      },
      get,
    ),
    action(
      "check",
      merge(placeArgument, formatOption),
      { brief: message`Check the files of a set: their shapes, examples and checksums.` },
      check,
    ),
    deformCommand,
    action(
      "info",
      merge(placeArgument, dataOptions, formatOption),
      { brief: message`Describe and draw the data set that a sweep would use.` },
      info,
    ),
  ),
  {
    brief: BRIEFS.data,
    description:
      message`Reads IDX files of every element type, npz and npy, CSV and LIBSVM text, each also compressed by gzip or in a zip archive. ${
        text(ownFile("docs/DATA.md"))
      } lists them all.`,
  },
);

function cacheOf(set: KnownSet): string {
  const folder = folderInCache(set, process.env);
  if (folder === undefined) {
    throw new InputError("Cannot find the cache: no home folder is known", "name a folder");
  }
  return folder;
}

type Given = InferValue<typeof placeArgument> & InferValue<typeof formatOption>;
type GetGiven = InferValue<typeof getArguments> & InferValue<typeof formatOption>;

async function get(given: GetGiven, terminal: Terminal, signal: AbortSignal): Promise<number> {
  // One argument that is no set is a folder for MNIST.
  const named = given.set === undefined ? MNIST : knownSet(given.set);
  if (named === undefined && given.folder !== undefined) {
    throw new InputError(
      `Cannot get "${given.set}": it is not among the sets ${
        KNOWN_SETS.map(({ name }) => name).join(", ")
      }`,
      "name one of these",
    );
  }
  const set = named ?? MNIST;
  const into = given.folder ?? (named === undefined ? given.set! : cacheOf(set));
  await downloadSet(set, into, {
    signal,
    onBegin: (_, folder) => terminal.note(eventText({ kind: "downloading", set, folder })),
  });
  terminal.out(given.format === "json" ? JSON.stringify({ folder: into }) : into);
  return 0;
}

function check({ place, format }: Given, terminal: Terminal): Promise<number> {
  const named = place ?? (process.env.SLOPE_DATA || cacheOf(MNIST));
  const set = existsSync(named) ? undefined : knownSet(named);
  const checks = checkPlace(
    set === undefined ? named : `${cacheOf(set)}${set.folder ? `#${set.name}` : ""}`,
  );
  print(format, terminal, checks, () => [
    ...wrapped(checkAnswer(checks), terminal, "bold", "  "),
    ...alignedRows(checks.map(checkRow), terminal.width).flat(),
    ...checks.flatMap(({ notes = [] }) =>
      notes.flatMap((note) => wrap(noteText(note), terminal.width, "  "))
    ),
  ]);
  return Promise.resolve(checks.some(({ error }) => error !== undefined) ? 1 : 0);
}

/** "✗ 1 of 4 files cannot be used: t10k-labels-idx1-ubyte." */
function checkAnswer(checks: readonly FileCheck[]): string {
  const nameOf = ({ found, name }: FileCheck) => found ?? name;
  const bad = checks.filter(({ error }) => error !== undefined);
  const [missing, broken] = [true, false].map((wanted) =>
    bad.filter(({ found }) => (found === undefined) === wanted).map(nameOf)
  );
  const files = counted(checks.length, "file");
  if (bad.length > 0) {
    const parts = [
      ...(broken.length > 0 ? [`not usable: ${broken.join(", ")}`] : []),
      ...(missing.length > 0 ? [`missing: ${missing.join(", ")}`] : []),
    ];
    return `✗ ${formatCount(bad.length)} of ${files} cannot be used (${parts.join("; ")}).`;
  }
  const alone = checks.every(({ role }) => role.startsWith("train"))
    ? " There is no test set: training examples are held out for it."
    : "";
  return checks.every(({ isMnist }) => isMnist)
    ? `✓ MNIST: ${files}, unchanged.${alone}`
    : `✓ ${files} can be read; ${
      checks.some(({ isMnist }) => isMnist) ? "not all are MNIST's" : "not MNIST"
    }.${alone}`;
}

const checkRow = (file: FileCheck): string[] => [
  file.found ?? file.name,
  file.error !== undefined ? "not usable" : file.isMnist ? "MNIST" : "valid, not MNIST",
  file.count === undefined ? "" : counted(file.count, "example"),
  file.rows === undefined ? "" : `${file.rows} × ${file.columns}`,
  file.error ?? (file.sha256 === undefined ? "" : `SHA-256 ${file.sha256}`),
];

type InfoOptions = DataOptions & Given;

async function info(
  given: InfoOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  if (given.place !== undefined && given.data !== undefined) {
    throw new InputError(
      `Cannot describe "${given.place}" and "${given.data}" at once`,
      "name one of the two",
    );
  }
  const { train, test, source, shape } = await loadData(
    { ...given, data: given.data ?? given.place },
    terminal,
    signal,
  );
  const described = { ...source, train: describeDataset(train), test: describeDataset(test) };
  const sets = [
    ["set", "examples", "pixels", "non-zero", "mean", "by class"],
    setRow("train", described.train),
    setRow("test", described.test),
  ];
  print(given.format, terminal, described, () => [
    ...wrap(`${source.name}: ${source.source}`, terminal.width, "  "),
    ...drawDigits(train, shape, terminal.width),
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
