import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";

/** Links of the built pages that lead nowhere from disk: a missing file, folder or heading, or an absolute path. */
export function deadLinks(folder: string): string[] {
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".html"));
  const htmlOf = new Map(pages.map((path) => [path, readFileSync(join(folder, path), "utf8")]));
  const idsOf = new Map<string, ReadonlySet<string>>();
  const idsIn = (page: string) => {
    const known = idsOf.get(page) ??
      new Set([...htmlOf.get(page)!.matchAll(/\s(?:id|name)="([^"]*)"/g)].map(([, id]) => id));
    idsOf.set(page, known);
    return known;
  };
  return pages.flatMap((page) => {
    // Text of scripts is no link. A report builds links in one.
    const html = htmlOf.get(page)!.replaceAll(
      /<script\b[^>]*>[\s\S]*?<\/script>/g,
      (script) => script.slice(0, script.indexOf(">") + 1),
    );
    const targets = new Set([...html.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, one]) => one));
    return [...targets].filter((target) => !/^(?:https?|mailto|data):/.test(target))
      .flatMap((target) => {
        const [path, anchor] = target.replaceAll("&amp;", "&").split("#").map(decodeURIComponent);
        const file = path === "" ? page : posix.join(posix.dirname(page), path);
        const whole = join(folder, file);
        const why = path.startsWith("/")
          ? "leads outside a site that is opened from disk"
          : !existsSync(whole)
          ? "no such file"
          : statSync(whole).isDirectory()
          ? "a folder, which a browser lists from disk"
          : anchor && htmlOf.has(file) && !idsIn(file).has(anchor)
          ? "no such heading"
          : undefined;
        return why === undefined ? [] : [`${page}: ${target}: ${why}`];
      });
  });
}
