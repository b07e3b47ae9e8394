import { cacheFolder, type EnvironmentVariables } from "../base/cache_folder.ts";

export const FILE_ROLES = ["trainImages", "trainLabels", "testImages", "testLabels"] as const;
export type FileRole = typeof FILE_ROLES[number];

export interface KnownFile {
  /** Official name, without ".gz". */
  readonly name: string;
  /** Length, decompressed. */
  readonly bytes: number;
  /** SHA-256 of the decompressed file. (The compressed file differs from mirror to mirror.) */
  readonly sha256?: string;
  /** MD5 of the file as it is sent, which is all that some authors publish. */
  readonly md5?: string;
}

/** A set that can be named and downloaded. */
export interface KnownSet {
  /** As it is typed: `--data fashion-mnist`. */
  readonly name: string;
  /** As its authors write it. */
  readonly title: string;
  readonly downloadBytes: number;
  /** Web folders with the files, in the order in which they are tried. */
  readonly mirrors: readonly string[];
  readonly files: readonly KnownFile[];
  /** The download is a zip archive, of which these members are kept. */
  readonly members?: RegExp;
  /** Name of its folder in the cache, where other sets share it. */
  readonly folder?: string;
}

const names = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
};

/** Lengths of MNIST's files, and of all files made to replace them. */
const lengths = {
  trainImages: 47_040_016,
  trainLabels: 60_008,
  testImages: 7_840_016,
  testLabels: 10_008,
};

/** MNIST: Y. LeCun, C. Cortes, C. Burges; CC BY-SA 3.0. */
export const MNIST_FILES: Readonly<Record<FileRole, KnownFile & { readonly sha256: string }>> = {
  trainImages: {
    name: names.trainImages,
    bytes: lengths.trainImages,
    sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
  },
  trainLabels: {
    name: names.trainLabels,
    bytes: lengths.trainLabels,
    sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  },
  testImages: {
    name: names.testImages,
    bytes: lengths.testImages,
    sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
  },
  testLabels: {
    name: names.testLabels,
    bytes: lengths.testLabels,
    sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
  },
};

export const MNIST: KnownSet = {
  name: "mnist",
  title: "MNIST",
  downloadBytes: 11_594_722,
  mirrors: [
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
  ],
  files: FILE_ROLES.map((role) => MNIST_FILES[role]),
};

/** Files of MNIST's names and lengths, with the MD5 of each. */
const likeMnist = (md5: Readonly<Record<FileRole, string>>): KnownFile[] =>
  FILE_ROLES.map((role) => ({ name: names[role], bytes: lengths[role], md5: md5[role] }));

/** EMNIST: G. Cohen, S. Afshar, J. Tapson, A. van Schaik, 2017. One archive of NIST holds all six sets. */
const emnist = (split: string): KnownSet => ({
  name: `emnist-${split}`,
  title: `EMNIST ${split}, of an archive with six sets`,
  downloadBytes: 561_753_746,
  mirrors: [
    "https://biometrics.nist.gov/cs_links/EMNIST/",
    "https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/",
  ],
  files: [{ name: "gzip.zip", bytes: 561_753_746, md5: "58c8d27c78d21e728a6bc7b3cc06412e" }],
  members: /emnist-\w+-(train|test)-(images|labels)-idx\d-ubyte\.gz$/,
  folder: "emnist",
});

/** Every set that can be downloaded. Deno's tasks may reach exactly the hosts of this table. */
export const KNOWN_SETS: readonly KnownSet[] = [
  MNIST,
  {
    // H. Xiao, K. Rasul, R. Vollgraf, 2017; MIT. Checksums: its README.
    name: "fashion-mnist",
    title: "Fashion-MNIST",
    downloadBytes: 30_878_645,
    mirrors: [
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
      "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ],
    files: likeMnist({
      trainImages: "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
      trainLabels: "25c81989df183df01b3e8a0aad5dffbe",
      testImages: "bef4ecab320f06d8554ea6380940ec79",
      testLabels: "bb300cfdad3c16e7a12a480ee83cd310",
    }),
  },
  {
    // T. Clanuwat and others, 2018; CC BY-SA 4.0. Checksums: torchvision.
    name: "kmnist",
    title: "Kuzushiji-MNIST",
    downloadBytes: 21_258_141,
    mirrors: [
      "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
      "http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
    ],
    files: likeMnist({
      trainImages: "bdb82020997e1d708af4cf47b453dcf7",
      trainLabels: "e144d726b3acfaa3e44228e80efcd344",
      testImages: "5c965bf0a639b31b8f53240b1b52f4d7",
      testLabels: "7320c461ea6c1c855c0b718fb2a4b134",
    }),
  },
  {
    // C. Yadav, L. Bottou, 2019. Checksums: torchvision.
    name: "qmnist",
    title: "QMNIST",
    downloadBytes: 20_500_000,
    mirrors: [
      "https://raw.githubusercontent.com/facebookresearch/qmnist/master/",
      "https://github.com/facebookresearch/qmnist/raw/master/",
    ],
    files: [
      {
        name: "qmnist-train-images-idx3-ubyte",
        bytes: 47_040_016,
        md5: "ed72d4157d28c017586c42bc6afe6370",
      },
      {
        name: "qmnist-train-labels-idx2-int",
        bytes: 1_920_012,
        md5: "0058f8dd561b90ffdd0f734c6a30e5e4",
      },
      {
        name: "qmnist-test-images-idx3-ubyte",
        bytes: 47_040_016,
        md5: "1394631089c404de565df7b7aeaf9412",
      },
      {
        name: "qmnist-test-labels-idx2-int",
        bytes: 1_920_012,
        md5: "5b5b05890a5e13444e108efe57b788aa",
      },
    ],
  },
  ...["balanced", "byclass", "bymerge", "digits", "letters", "mnist"].map(emnist),
];

/** Letter case, spaces and underscores do not matter: "Fashion MNIST", "fashion_mnist", "FashionMNIST"; nor does "emnist#letters". */
export function knownSet(
  name: string,
  sets: readonly KnownSet[] = KNOWN_SETS,
): KnownSet | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[-_ #]/g, "");
  const wanted = plain(name);
  return sets.find((set) =>
    plain(set.name) === wanted || (set.name === "kmnist" && wanted === "kuzushijimnist")
  );
}

/** The folder for a set's downloaded files; undefined if the home folder is unknown. */
export const folderInCache = (
  { name, folder = name }: KnownSet,
  environment: EnvironmentVariables,
): string | undefined => cacheFolder(environment, folder);

/** The hosts of all mirrors. */
export const MIRROR_HOSTS: readonly string[] = [
  ...new Set(KNOWN_SETS.flatMap(({ mirrors }) => mirrors.map((mirror) => new URL(mirror).host))),
];

/** Classes of EMNIST's sets, whichever of them a part of one shows. */
export const EMNIST_CLASSES: Readonly<Record<string, number>> = {
  "emnist-balanced": 47,
  "emnist-byclass": 62,
  "emnist-bymerge": 47,
  "emnist-digits": 10,
  "emnist-letters": 26,
  "emnist-mnist": 10,
};
