import { messageOf } from "../../base/errors.ts";
import { imageShape } from "../image_shape.ts";
import { FILE_ROLES, type FileRole, MNIST_FILES } from "../known_sets.ts";
import type { Table } from "../formats/table.ts";
import type { DataNote } from "../schemas.ts";
import { filesOfRole } from "./choose_set.ts";
import { findSet, openEntry } from "./load_set.ts";

/** What was found for one of a set's files. Unknown is absent. */
export interface FileCheck {
  readonly role: FileRole | "trainTable" | "testTable";
  /** Official name, without ".gz". */
  readonly name: string;
  readonly found?: string;
  readonly format?: Table["format"];
  readonly gzip?: boolean;
  /** Length, decompressed. */
  readonly bytes?: number;
  readonly count?: number;
  readonly rows?: number;
  readonly columns?: number;
  /** The digest of the decompressed file. */
  readonly sha256?: string;
  readonly isMnist: boolean;
  readonly notes?: readonly DataNote[];
  readonly error?: string;
}

/** Checks each file of the set at a place. Throws InputError only if none can be found there. */
export function checkPlace(place: string): FileCheck[] {
  const set = findSet(place, { isIncompleteFine: true });
  const tables = [["trainTable", set.train.tables], ["testTable", set.test.tables]] as const;
  // Half a test set is a mistake; without any, examples are held out.
  const { images, labels } = set.train;
  const isTrainAlone = images.length > 0 && labels.length > 0 &&
    Object.values(set.test).every((entries) => entries.length === 0);
  const ofRoles = FILE_ROLES.map((role) => [role, filesOfRole(set, role)] as const);
  const checks = [...ofRoles, ...tables].flatMap(([role, entries]): FileCheck[] => {
    const official = role in MNIST_FILES ? MNIST_FILES[role as FileRole] : undefined;
    const isTrain = role.startsWith("train");
    if (entries.length === 0) {
      const hasTable = (isTrain ? set.train : set.test).tables.length > 0;
      if (official === undefined || hasTable || (!isTrain && isTrainAlone)) return [];
      return [{ role, name: official.name, isMnist: false, error: "missing" }];
    }
    // The best of several files for a role is used; of tables, two may belong together.
    if (official === undefined && filesOfRole(set, isTrain ? "trainImages" : "testImages").length) {
      return [];
    }
    return entries.slice(0, official ? 1 : 2).map((entry): FileCheck => {
      const found = entry.name;
      const name = official?.name ?? found;
      try {
        const table = openEntry(entry);
        const { format, gzip, bytes, shape, notes } = table;
        const isImages = shape.length > 1 && entry.part !== "labels";
        const { rows, columns } = imageShape(shape);
        const sum = table.digest();
        return {
          role,
          name,
          found,
          format,
          gzip: gzip > 0,
          bytes,
          count: shape[0],
          ...(isImages && format !== "csv" && format !== "libsvm" && { rows, columns }),
          sha256: sum,
          isMnist: sum === official?.sha256,
          ...(notes.length > 0 && { notes }),
        };
      } catch (error) {
        return { role, name, found, isMnist: false, error: messageOf(error) };
      }
    });
  });
  return checks.map((one) => {
    const error = one.error ?? mismatchOf(one, checks);
    return error === undefined ? one : { ...one, error };
  });
}

/** Why a file that is whole does not fit those beside it. */
function mismatchOf(
  { role, count, rows, columns }: FileCheck,
  checks: readonly FileCheck[],
): string | undefined {
  const of = (wanted: FileCheck["role"]) => checks.find((one) => one.role === wanted);
  if (role === "trainLabels" || role === "testLabels") {
    const images = of(role === "trainLabels" ? "trainImages" : "testImages");
    const isPart = images?.notes?.some((note) =>
      note.kind === "first-examples" && note.of === count
    );
    return count === undefined || images?.count === undefined || images.count === count || isPart
      ? undefined
      : `it has ${count} labels, expected ${images.count}, one for each image of ${images.found}`;
  }
  const train = role === "testImages" ? of("trainImages") : undefined;
  return rows === undefined || train?.rows === undefined ||
      (train.rows === rows && train.columns === columns)
    ? undefined
    : `its images have ${rows} × ${columns} pixels, expected ${train.rows} × ${train.columns}, ` +
      `as those of ${train.found}`;
}
