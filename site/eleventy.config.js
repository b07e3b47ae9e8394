/**
 * Builds the site from the pages of the repository: nothing is copied by hand. Run: deno task site
 *
 * Eleventy and not VitePress, because the site must work from disk: browsers load no module scripts, and so none of
 * VitePress's pages, from file://.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { firstScreen, plotColours } from "./first_screen.ts";
import { createMarkdown, linksIn, titleOf } from "./markdown.js";
import { NAVIGATION } from "./navigation.js";
import { sectionsOf } from "./sections.js";
import { addressOf, filesIn, mapSite, outputOf } from "./site_map.ts";

const SITE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = join(SITE, "..");
const API = "api";
const textOf = (path) => readFileSync(join(ROOT, path), "utf8");

/** @param {import("@11ty/eleventy").UserConfig} eleventy */
export default async function configure(eleventy) {
  const { markdown, codeStyles } = await createMarkdown();
  const tracked = execFileSync("git", [
    "ls-files",
    "-z",
    "--cached",
    "--others",
    "--exclude-standard",
  ], {
    cwd: ROOT,
    encoding: "utf8",
  }).split("\0").filter((path) => path !== "" && existsSync(join(ROOT, path)));
  const repository = {
    files: new Set(tracked),
    bytesOf: (path) => statSync(join(ROOT, path)).size,
    linksOf: (path) => linksIn(markdown, textOf(path)),
  };
  const listed = NAVIGATION.flatMap(({ pages }) => pages.map(({ path }) => path));
  const others = tracked.filter((path) => /^docs\/.*\.md$/.test(path) && !listed.includes(path));
  const { sources, dead } = mapSite(
    [...listed.filter((path) => path.endsWith(".md")), ...others],
    repository,
  );
  if (dead.length > 0) throw new Error(`Cannot build the site: dead links\n${dead.join("\n")}`);

  const groups = [
    ...NAVIGATION,
    ...(others.length > 0 ? [{ title: "More", pages: others.map((path) => ({ path })) }] : []),
  ].map(({ title, pages }) => ({
    title,
    pages: pages.map(({ path, label }) => ({
      output: sources.get(path)?.output ?? path,
      label: label ?? titleOf(textOf(path)),
    })),
  }));
  const api = existsSync(join(SITE, ".api")) ? apiPages() : [];
  const index = [];

  /** A page whose body is Markdown; `from` is what its links are relative to. */
  const addPage = (name, output, text, from, more = {}) => {
    eleventy.addTemplate(name, text, {
      layout: "page.11ty.js",
      permalink: output,
      title: titleOf(text),
      from,
      ...more,
    });
  };
  for (const source of new Set(sources.values())) {
    const { kind, path, output } = source;
    if (kind === "copy") eleventy.addPassthroughCopy({ [join(ROOT, path)]: path });
    if (kind === "page") {
      const text = textOf(path);
      addPage(`taken/${path}`, output, text, source);
      index.push(...sectionsOf(markdown, text, output));
    }
    if (kind === "code") {
      addPage(`taken/${path}.md`, output, codePage(path, textOf(path)), source);
    }
    if (kind === "folder") {
      addPage(`taken/${path}/folder.md`, output, folderPage(path, tracked), source);
    }
  }
  for (const { name, output, text } of api) {
    addPage(`taken/${API}/${name}`, output, text, { kind: "page", path: `${API}/${name}`, output });
    index.push(...sectionsOf(markdown, text, output));
  }
  const report = "results/example/report.html";
  for (const page of [report, "results/eight_million/report.html"]) {
    eleventy.addPassthroughCopy({ [join(ROOT, page)]: page });
  }
  eleventy.addGlobalData("groups", groups);
  eleventy.addGlobalData("firstScreen", firstScreen(join(ROOT, "results", "example"), report));

  eleventy.setLibrary("md", {
    render: (text, { from }) =>
      markdown.render(text, { address: (link) => addressOf(link, from, siteSources) }),
  });
  // What the API's pages link to are pages of the site, too.
  const siteSources = new Map([
    ...sources,
    ...api.map((
      { name, output },
    ) => [`${API}/${name}`, { kind: "page", path: `${API}/${name}`, output }]),
  ]);

  eleventy.addPassthroughCopy({ [join(SITE, "page.js")]: "page.js" });
  eleventy.addPassthroughCopy({
    [join(SITE, "node_modules", "minisearch", "dist", "umd", "index.js")]: "minisearch.js",
  });
  eleventy.addTemplate("taken/style.11ty.js", {
    data: { permalink: "style.css" },
    render: () => plotColours() + readFileSync(join(SITE, "style.css"), "utf8"),
  });
  eleventy.addTemplate("taken/search.11ty.js", {
    data: { permalink: "search.js" },
    // A script and not JSON, because pages from disk may fetch nothing.
    render: () => `globalThis.slopeSections = ${JSON.stringify(index)};\n`,
  });
  eleventy.on("eleventy.after", ({ directories }) => {
    writeFileSync(join(SITE, directories.output, "code.css"), codeStyles());
  });
  return {
    dir: { input: "pages", includes: "../layouts", output: "dist" },
    markdownTemplateEngine: false,
    htmlTemplateEngine: false,
    templateFormats: ["md", "11ty.js"],
  };
}

const EXTENSIONS = { py: "python", h: "c", rs: "rust", pl: "perl", mjs: "js" };

const codePage = (path, text) => {
  const extension = path.slice(path.lastIndexOf(".") + 1);
  const fence = "`".repeat(
    Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)),
  );
  return `# ${path}\n\n${fence}${
    EXTENSIONS[extension] ?? extension
  }\n${text.trimEnd()}\n${fence}\n`;
};

const folderPage = (folder, tracked) =>
  `# ${folder}/\n\n${
    filesIn(folder, new Set(tracked)).map((path) => {
      const name = path.slice(folder.length + 1);
      return `- [${name}](${encodeURI(name)})`;
    }).join("\n")
  }\n`;

function apiPages() {
  return readdirSync(join(SITE, ".api"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => ({
      name: name.replaceAll("\\", "/"),
      output: outputOf(`${API}/${name}`, "page"),
      text: readFileSync(join(SITE, ".api", name), "utf8"),
    }));
}
