/**
 * Fails when a page in Markdown links to a file or heading that does not exist, or names a missing file in code marks.
 * Run: deno task links
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { posix } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** path relative to the root, with slashes → its text. */
export type Pages = ReadonlyMap<string, string>;

/** One line for each broken link or path; `exists` takes a path relative to the root. */
export function findBrokenLinks(pages: Pages, exists: (path: string) => boolean): string[] {
  return [...pages].flatMap(([page, text]) => {
    const prose = text.replace(/^```[\s\S]*?^```/gm, "");
    const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, span]) => span).filter(isPath);
    const targets = [...prose.replaceAll(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target).filter((target) => !/^[a-z]+:/.test(target));
    const here = (path: string) => posix.join(posix.dirname(page), path);
    return [
      ...targets.flatMap((target) => {
        const [path, anchor] = target.split("#");
        const file = path === "" ? page : here(path);
        if (!exists(file)) return [`${page}: ${target}: no such file`];
        const linked = pages.get(file);
        return anchor === undefined || linked === undefined || anchorsOf(linked).includes(anchor)
          ? []
          : [`${page}: ${target}: no such heading`];
      }),
      ...spans.filter((path) => ![path, here(path), `src/${path}`].some(exists))
        .map((path) => `${page}: \`${path}\`: no such file`),
    ];
  });
}

/** Whether code marks hold a file of the project: "model/reference.ts" or "src/check/", but not "plots/*.svg". */
const isPath = (span: string): boolean =>
  /^[\w.][\w./-]*\/[\w./-]*\.(ts|js|py|md)$/.test(span) ||
  /^(src|tests|scripts|bench|docs|examples|kits|peers)\/[\w/]*$/.test(span);

/** The anchors that GitHub gives to the headings of a page. */
const anchorsOf = (page: string): string[] =>
  [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  );

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const folders = ["action", "docs", "examples", "bench", "peers", "src", "tests"].filter((name) =>
    existsSync(join(root, name))
  );
  const paths = ["", ...folders].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: folder !== "", encoding: "utf8" })
      .map((path) => join(folder, path).replaceAll(sep, "/"))
  ).filter((path) => path.endsWith(".md") && !path.includes("node_modules"));
  const pages: Pages = new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
  const broken = findBrokenLinks(pages, (path) => existsSync(join(root, path)));
  broken.forEach((line) => console.error(line));
  console.log(`${pages.size} pages, ${broken.length} broken links`);
  if (broken.length > 0) process.exit(1);
}
