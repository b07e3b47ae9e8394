import { InputError } from "../../base/errors.ts";
import { FILE_ROLES, type FileRole, MNIST_FILES } from "../known_sets.ts";
import type { DataNote } from "../schemas.ts";
import type { Entry } from "./entries.ts";

/** The files of one set, best first where several hold the same. */
export interface ChosenSet {
  readonly set: string;
  readonly train: SplitFiles;
  readonly test: SplitFiles;
  readonly notes: readonly DataNote[];
}

export interface SplitFiles {
  readonly images: readonly Entry[];
  readonly labels: readonly Entry[];
  /** Tables that may hold both, and files whose names are silent. */
  readonly tables: readonly Entry[];
}

export interface ChooseOptions {
  /** Do not throw where files are missing. */
  readonly isIncompleteFine?: boolean;
}

/**
 * Picks the set that is meant from all that a place holds. `wanted` is what stands behind "#". Throws InputError that
 * lists the sets where several fit, and what is missing where none is whole.
 */
export function chooseSet(
  place: string,
  entries: readonly Entry[],
  wanted: string | undefined,
  options: ChooseOptions = {},
): ChosenSet {
  const groups = Map.groupBy(entries, ({ set }) => set);
  const usable = TIERS.map((isIn) =>
    [...Map.groupBy(entries.filter(isIn), ({ set }) => set)]
      .filter(([, files]) => isUsable(splitUp(files)))
  ).find((sets) => sets.length > 0) ?? [];
  const keys = (among: readonly (readonly [string, unknown])[]) => among.map(([key]) => key);
  if (wanted !== undefined) {
    const named = matching(keys([...groups]), wanted);
    if (named.length === 1) return chosen(named[0], groups.get(named[0])!, place, options);
    const offered = named.length > 1 ? named : keys(usable.length > 0 ? usable : [...groups]);
    throw new InputError(
      `Cannot use "${place}#${wanted}": ${
        named.length > 1 ? "several sets have that name" : "no set has that name"
      }, expected one of ${list(offered)}`,
      `name one: --data '${place}#${shortest(offered[0] ?? "NAME", offered)}'`,
    );
  }
  if (usable.length === 1) {
    const [set, files] = usable[0];
    return chosen(set, [...files, ...testFor(files, groups)], place, options);
  }
  if (usable.length > 1) {
    const plain = groups.get("");
    if (plain !== undefined && keys(usable).includes("")) {
      const others = keys(usable).filter((key) => key !== "");
      const set = chosen("", plain, place, options);
      return { ...set, notes: [...set.notes, { kind: "other-sets", used: "", others }] };
    }
    const offered = keys(usable);
    throw new InputError(
      `Cannot use the data folder "${place}": it holds ${offered.length} sets, ${list(offered)}`,
      `name one: --data '${place}#${shortest(offered[0], offered)}'`,
    );
  }
  // Names may disagree where nothing else fits: emnist-test-labels beside train-images.
  if (isUsable(splitUp(entries)) && !areRivals([...groups.values()])) {
    return chosen("", entries, place, options);
  }
  const [set, largest] = [...groups].sort(([, a], [, b]) => b.length - a.length)[0];
  return chosen(set, largest, place, options);
}

/** Files whose names are silent count only where no others will do. */
const TIERS: readonly ((entry: Entry) => boolean)[] = [
  ({ format, split, part }) =>
    format === "idx" || format === "npy" || (split ?? part) !== undefined,
  ({ format }) => format !== "unknown",
  () => true,
];

const list = (names: readonly string[]) => names.map((name) => name || "(no name)").join(", ");

/** The shortest word that distinguishes a set: "letters" of "emnist-letters". */
function shortest(key: string, all: readonly string[]): string {
  const words = key.split(/[-/]/).sort((a, b) => a.length - b.length);
  return words.find((word) => matching(all, word).length === 1) ?? key;
}

/** Sets whose name is this, or else one of whose words is, or else in whose name it occurs. */
function matching(keys: readonly string[], wanted: string): string[] {
  const word = wanted.toLowerCase();
  const tests = [
    (key: string) => key === word,
    (key: string) => key.split(/[-/]/).includes(word),
    (key: string) => word !== "" && key.includes(word),
  ];
  for (const test of tests) {
    const found = keys.filter(test);
    if (found.length > 0) return found;
  }
  return [];
}

const FORMAT_RANK = { idx: 0, npy: 1, unknown: 2, csv: 3, zip: 4 } as const;

function splitUp(entries: readonly Entry[]) {
  const sorted = entries.toSorted((a, b) =>
    FORMAT_RANK[a.format] - FORMAT_RANK[b.format] || a.rank - b.rank || (a.name < b.name ? -1 : 1)
  );
  const of = (split: Entry["split"]): SplitFiles => {
    const files = sorted.filter((entry) => entry.split === split);
    const part = (name: Entry["part"]) => files.filter((entry) => entry.part === name);
    return { images: part("images"), labels: part("labels"), tables: part(undefined) };
  };
  const named = of("train");
  const silent = of(undefined);
  // What is neither called train nor test is the training set.
  return {
    train: hasFiles(named) ? named : silent,
    test: of("test"),
    validation: of("validation"),
  };
}

type Splits = Pick<ReturnType<typeof splitUp>, "train" | "test">;

const all = ({ images, labels, tables }: SplitFiles) => [...images, ...labels, ...tables];
const hasFiles = (files: SplitFiles) => all(files).length > 0;
const isWhole = ({ images, labels, tables }: SplitFiles) =>
  tables.length > 0 || (images.length > 0 && labels.length > 0);

/** Half a test set is a mistake; none can be made up for. */
const isUsable = ({ train, test }: Splits) => isWhole(train) && (isWhole(test) || !hasFiles(test));

/** The test set under another name, as test10k-images beside mnist8m-images, where there is just one. */
function testFor(files: readonly Entry[], groups: ReadonlyMap<string, Entry[]>): Entry[] {
  if (hasFiles(splitUp(files).test)) return [];
  const tests = [...groups.values()].filter((group) => {
    const { train, test } = splitUp(group);
    return isWhole(test) && !hasFiles(train);
  });
  return tests.length === 1 ? tests[0] : [];
}

/** Whether two groups have files for the same role, so that they cannot be one set. */
function areRivals(groups: readonly Entry[][]): boolean {
  const roles = groups.flatMap((files) => [
    ...new Set(files.map(({ split, part }) => `${split} ${part}`)),
  ]);
  return new Set(roles).size < roles.length;
}

function chosen(
  set: string,
  entries: readonly Entry[],
  place: string,
  { isIncompleteFine = false }: ChooseOptions,
): ChosenSet {
  const { train, test, validation } = splitUp(entries);
  if (!isIncompleteFine && !isUsable({ train, test })) throw missing(place, { train, test });
  const unused = all(validation).map(({ path }) => path);
  return {
    set,
    train,
    test,
    notes: unused.length > 0 ? [{ kind: "not-used", paths: unused }] : [],
  };
}

/** The files of a role: the first is used. */
export const filesOfRole = ({ train, test }: Splits, role: FileRole): readonly Entry[] => {
  const split = role.startsWith("train") ? train : test;
  return role.endsWith("Images") ? split.images : split.labels;
};

function missing(place: string, splits: Splits): InputError {
  const absent = FILE_ROLES.filter((role) => {
    const { tables } = role.startsWith("train") ? splits.train : splits.test;
    return filesOfRole(splits, role).length === 0 && tables.length === 0;
  });
  const names = absent.map((role) => MNIST_FILES[role].name);
  const found = [...all(splits.train), ...all(splits.test)].slice(0, 3).map(({ name }) => name);
  return new InputError(
    `Cannot use the data folder "${place}": ${names.join(", ")} missing${
      found.length > 0 ? ` beside ${found.join(", ")}` : ""
    }, expected four IDX files, an .npz or .csv files`,
    "add the missing files (as they are, or with .gz), or name another folder",
  );
}
