import { posix } from "node:path";

/** Blocks and spans of code, which stay as they are, or a link or picture. */
const CODE_OR_LINK =
  /(?<code>^```[\s\S]*?^```|`[^`]*`)|!?\[(?<words>(?:`[^`]*`|[^[\]`])*)\]\((?<target>[^)\s]+)\)/gm;

/**
 * A page in Markdown as it is packed: a link to a file that is not packed becomes its words. `isPacked` takes a path
 * relative to the root of the package.
 */
export const withPackedLinks = (
  page: string,
  text: string,
  isPacked: (path: string) => boolean,
): string =>
  text.replaceAll(CODE_OR_LINK, (whole, ...matched) => {
    const { code, words, target } = matched.at(-1) as Record<string, string | undefined>;
    if (code !== undefined || target === undefined || /^([a-z]+:|#)/.test(target)) return whole;
    const path = posix.join(posix.dirname(page), target.replace(/#.*/, ""));
    return isPacked(path) ? whole : words ?? "";
  });
