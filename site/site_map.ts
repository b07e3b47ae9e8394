import { posix } from "node:path";

/** What a page of the site is made from. Paths are relative to the repository, with slashes. */
export interface Source {
  /** A page in Markdown, a file shown as code, a folder as a list of its files, or a file copied as it is. */
  readonly kind: "page" | "code" | "folder" | "copy";
  readonly path: string;
  /** Where it stands in the site: "docs/GUIDE.html". */
  readonly output: string;
}

export interface SiteMap {
  readonly sources: ReadonlyMap<string, Source>;
  /** Links that lead nowhere: "docs/GUIDE.md: x.md". */
  readonly dead: readonly string[];
}

/** What the site needs to know of the repository. */
export interface Repository {
  /** Files that belong to it. */
  readonly files: ReadonlySet<string>;
  bytesOf(path: string): number;
  /** The targets of all links and images of a page in Markdown, as written. */
  linksOf(path: string): readonly string[];
}

/** Pages of the repository that a page of the site's own replaces: where links to them lead. */
const REPLACED: Readonly<Record<string, string>> = {
  "README.md": "index.html",
  "results/example": "results/example/report.html",
  "results/eight_million": "results/eight_million/report.html",
};

/** A longer file is copied, not shown as code: nobody reads it line by line. */
const MAX_CODE_BYTES = 50_000;
const ASSET = /\.(?:svg|png|html|css)$/;

/** Where a file or folder stands in the site. */
export function outputOf(path: string, kind: Source["kind"]): string {
  if (kind === "copy") return path;
  if (kind === "folder") return posix.join(path, "index.html");
  if (kind === "code") return `${path}.html`;
  return path.endsWith("/README.md")
    ? path.replace(/README\.md$/, "index.html")
    : path.replace(/\.md$/, ".html");
}

/**
 * Takes in `pages` and whatever they link to in the repository, so that no link leaves the site: other pages, files as
 * code, folders as lists.
 */
export function mapSite(pages: readonly string[], repository: Repository): SiteMap {
  const sources = new Map<string, Source>();
  const dead: string[] = [];
  const waiting = [...pages];
  const folders = foldersOf(repository.files);
  const add = (path: string): boolean => {
    if (path in REPLACED || sources.has(path)) return true;
    const kind = kindOf(path, repository, folders);
    if (kind === undefined) return false;
    const readme = posix.join(path, "README.md");
    if (kind === "folder" && repository.files.has(readme)) {
      add(readme);
      sources.set(path, sources.get(readme)!);
      return true;
    }
    sources.set(path, { kind, path, output: outputOf(path, kind) });
    if (kind === "page") waiting.push(path);
    if (kind === "folder") filesIn(path, repository.files).forEach(add);
    return true;
  };
  for (const page of pages) {
    sources.set(page, { kind: "page", path: page, output: outputOf(page, "page") });
  }
  for (let page = waiting.shift(); page !== undefined; page = waiting.shift()) {
    for (const link of repository.linksOf(page)) {
      const target = targetOf(link, page);
      if (target !== undefined && !add(target)) dead.push(`${page}: ${link}`);
    }
  }
  return { sources, dead };
}

/** The address of what `link` in the page at `from` leads to, relative to that page's own. */
export function addressOf(link: string, from: Source, sources: SiteMap["sources"]): string {
  const target = targetOf(link, from.kind === "folder" ? `${from.path}/index` : from.path);
  if (target === undefined) return link;
  const output = REPLACED[target] ?? sources.get(target)?.output;
  if (output === undefined) return link;
  const anchor = link.includes("#") ? link.slice(link.indexOf("#")) : "";
  return relativeAddress(from.output, output) + anchor;
}

export const relativeAddress = (from: string, to: string): string =>
  posix.relative(posix.dirname(from), to);

/** The files of a folder and, for a folder of folders, of those. */
export const filesIn = (folder: string, files: ReadonlySet<string>): string[] =>
  [...files].filter((path) => path.startsWith(`${folder}/`) && !ASSET.test(path));

/** A path in the repository; none for addresses elsewhere and for headings of the page itself. */
function targetOf(link: string, page: string): string | undefined {
  if (/^(?:[a-z]+:|#)/.test(link)) return undefined;
  const [path] = link.split("#");
  return posix.join(posix.dirname(page), decodeURI(path)).replace(/\/$/, "");
}

function kindOf(
  path: string,
  { files, bytesOf }: Repository,
  folders: ReadonlySet<string>,
): Source["kind"] | undefined {
  if (!files.has(path)) return folders.has(path) ? "folder" : undefined;
  if (path.endsWith(".md")) return "page";
  return ASSET.test(path) || bytesOf(path) > MAX_CODE_BYTES ? "copy" : "code";
}

function foldersOf(files: ReadonlySet<string>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const file of files) {
    for (let one = posix.dirname(file); one !== "."; one = posix.dirname(one)) folders.add(one);
  }
  return folders;
}
