export const FILE_ROLES = ["trainImages", "trainLabels", "testImages", "testLabels"] as const;
export type FileRole = typeof FILE_ROLES[number];

export interface KnownFile {
  /** Official name, without ".gz". */
  readonly name: string;
  readonly bytes: number;
  /** SHA-256 of the decompressed file. (The compressed file differs from mirror to mirror.) */
  readonly sha256: string;
}

/** MNIST: Y. LeCun, C. Cortes, C. Burges; CC BY-SA 3.0. */
export const MNIST_FILES: Readonly<Record<FileRole, KnownFile>> = {
  trainImages: {
    name: "train-images-idx3-ubyte",
    bytes: 47_040_016,
    sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
  },
  trainLabels: {
    name: "train-labels-idx1-ubyte",
    bytes: 60_008,
    sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  },
  testImages: {
    name: "t10k-images-idx3-ubyte",
    bytes: 7_840_016,
    sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
  },
  testLabels: {
    name: "t10k-labels-idx1-ubyte",
    bytes: 10_008,
    sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
  },
};

/** Web folders with the four gzip files, in the order in which they are tried. */
export const MNIST_MIRRORS: readonly string[] = [
  "https://storage.googleapis.com/cvdf-datasets/mnist/",
  "https://ossci-datasets.s3.amazonaws.com/mnist/",
];

export const MNIST_DOWNLOAD_SIZE = "11 MB";
