import type { Fault } from "./version_places.ts";

/** Tags that name a version: v1.2.3. */
const isVersionTag = (tag: string): boolean => /^v\d/.test(tag);

/** Faults of the tag that is released, or of those on the commit; none without a tag. */
export function tagFaults(
  version: string,
  tags: readonly string[],
  changedFiles: readonly string[],
): Fault[] {
  const named = tags.filter(isVersionTag);
  if (named.length === 0) return [];
  return [
    ...named.filter((tag) => tag !== `v${version}`).map((tag) => ({
      place: `tag ${tag}`,
      cause: `names another version than package.json, which has ${version}`,
      hint: `tag the commit v${version}, or set the version before the tag`,
    })),
    ...changedFiles.map((path) => ({
      place: path,
      cause: "is not as in the tagged commit",
      hint: "commit it and move the tag, or undo the change",
    })),
  ];
}
