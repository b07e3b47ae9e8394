import { MPI_FAMILIES, type MpiLibrary } from "./mpi_library.ts";

/** What the launcher's command line tells each process of a job. */
export interface RankArguments {
  /** Processes that were started. */
  readonly ranks: number;
  readonly library: MpiLibrary;
}

const PREFIX = "--ranks=";

/** The argument of Slope's child that makes it a rank: "--ranks=2:mpich:/usr/lib/libmpich.so.12". */
export const toArgument = ({ ranks, library: { family, path } }: RankArguments): string =>
  `${PREFIX}${ranks}:${family}:${path}`;

/** The same from the arguments of this process; undefined where it is no rank. */
export function rankArguments(words: readonly string[]): RankArguments | undefined {
  const word = words.find((one) => one.startsWith(PREFIX));
  if (word === undefined) return undefined;
  const [ranks, name, ...path] = word.slice(PREFIX.length).split(":");
  const family = MPI_FAMILIES.find((one) => one === name);
  if (!/^[1-9]\d*$/.test(ranks) || family === undefined || path.length === 0) {
    throw new SyntaxError(`Cannot read "${word}", expected ${PREFIX}COUNT:FAMILY:PATH`);
  }
  return { ranks: Number(ranks), library: { family, path: path.join(":") } };
}
