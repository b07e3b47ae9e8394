/** What a file's name says about its content; the content decides. */
export interface NamedFile {
  /** What distinguishes its set from others in the same folder; "" for plain names. */
  readonly set: string;
  readonly split?: "train" | "test" | "validation";
  readonly part?: "images" | "labels";
  readonly format: "idx" | "npy" | "csv" | "zip" | "unknown";
  /** Less is preferred: plain names before copies, raw before packed, fewer folders before more. */
  readonly rank: number;
}

type Split = NonNullable<NamedFile["split"]>;
type Part = NonNullable<NamedFile["part"]>;

const SPLITS: Readonly<Record<Split, RegExp>> = {
  train: /^(train|training|trn|tra|tr)$/,
  test: /^(test|testing|tst|tes|te|t10k|test10k)$/,
  validation: /^(val|valid|validation|dev)$/,
};

const PARTS: Readonly<Record<Part, RegExp>> = {
  images: /^(images?|imgs?|patterns?|pat|pixels?|x|features?|inputs?)$/,
  labels: /^(labels?|lbls?|lab|targets?|y|class(es)?)$/,
};

/** Words that say nothing about which set a file belongs to. */
const FORMAT_WORDS =
  /^(idx\d*|ubyte|u?byte|u?int\d*|float\d*|double|short|raw|f\d|gz|gzip|bz2|xz|zst|zip|npz|npy|csv|tsv|txt|bin|dat|data|dataset|datasets|processed|archive|sources?|unpacked|extracted|files?|copy|arr|matlab|\d)$/;

/** Files that accompany data sets without holding any. */
const COMPANIONS = /(submission|mapping|readme|licen[cs]e|requirements|package)/i;

/** Code, notes and pictures of people who work beside their data; downloads that are not complete. */
const NO_DATA =
  /\.(md|rst|json|pdf|py|pyc|ipynb|log|html?|js|ts|mjs|c|h|cpp|rs|jl|sh|ya?ml|toml|lock|svg|gif|crdownload|part|tmp|download)$/;

const FORMATS: readonly [NamedFile["format"], RegExp][] = [
  ["zip", /\.(zip|npz)$/],
  ["npy", /\.npy$/],
  ["csv", /\.(csv|tsv|tra|tes|txt)$/],
  ["idx", /idx\d|u?byte|-int$|-float$/],
];

/**
 * Reads a path below the named folder, with slashes: "MNIST/raw/train-images-idx3-ubyte.gz". Folders count where
 * the file's own name is silent. Undefined for a file that cannot be data.
 */
export function readFileName(path: string): NamedFile | undefined {
  const components = path.split("/");
  const file = components.at(-1)!;
  if (components.some((name) => name.startsWith(".") || name === "__MACOSX")) return undefined;
  if (COMPANIONS.test(file) || NO_DATA.test(file.toLowerCase())) return undefined;
  const stem = withoutCopies(file.toLowerCase());
  const format = FORMATS.find(([, pattern]) => pattern.test(stem))?.[0] ?? "unknown";
  const described = components.map(wordsOf);
  const pick = <K extends string>(patterns: Readonly<Record<K, RegExp>>): K | undefined => {
    for (const words of described.toReversed()) {
      for (const kind of Object.keys(patterns) as K[]) {
        if (words.some((word) => patterns[kind].test(word))) return kind;
      }
    }
    return undefined;
  };
  const split = pick(SPLITS);
  const part = pick(PARTS) ?? (described.at(-1)!.includes("data") ? "images" : undefined);
  // A text that is silent about its content is a note, not data.
  if (/\.txt$/.test(stem) && (split ?? part) === undefined) return undefined;
  const isCopy = withoutCopies(file) !== file.replace(/(\.gz)+$/i, "");
  const isPacked = /\.(gz|bz2|xz)\b/i.test(file);
  return {
    set: setOf(described),
    ...(split && { split }),
    ...(part && { part }),
    format,
    rank: 100 * components.length + 10 * Number(isCopy) + Number(isPacked),
  };
}

/** Without ".gz" and what browsers and systems add to a copy: "x (1).gz", "x copy", "x - Copy". */
function withoutCopies(name: string): string {
  let stem = name;
  for (let before = ""; before !== stem;) {
    before = stem;
    stem = stem.replace(/\.gz$/i, "").replace(/\s*(\(\d+\)|-\s*copy|\bcopy)(?=(\.\w+)?$)/i, "");
  }
  return stem;
}

/** "FashionMNIST" → fashion, mnist; "x_train" → x, train; "trainX" → train, x. */
function wordsOf(name: string): string[] {
  return withoutCopies(name)
    // LIBSVM's test sets: "mnist.scale.t" beside "mnist.scale".
    .replace(/\.t(?=(\.(bz2|xz))?$)/, "-test")
    .replace(/([a-z])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/\b(train|test|t10k)(images?|labels?|x|y|data)\b/g, "$1-$2")
    .replace(/\b(x|y)(train|test|val)\b/g, "$1-$2")
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
}

/** The words that remain: "emnist-letters"; a folder that says the same as what lies in it counts once. */
function setOf(components: readonly string[][]): string {
  const says = [...Object.values(SPLITS), ...Object.values(PARTS), FORMAT_WORDS];
  const names = components
    .map((words) => words.filter((word) => !says.some((pattern) => pattern.test(word))).join("-"))
    .filter(Boolean);
  return names.filter((name, i) => !names.slice(i + 1).some((inner) => inner.startsWith(name)))
    .join("/");
}
