import { transformerStyleToClass } from "@shikijs/transformers";
import MarkdownIt from "markdown-it";
import anchor from "markdown-it-anchor";
import { createHighlighter } from "shiki";

const THEMES = { light: "github-light-high-contrast", dark: "github-dark-high-contrast" };
const LANGUAGES = [
  "ts",
  "js",
  "python",
  "c",
  "sh",
  "json",
  "jsonc",
  "perl",
  "rust",
  "yaml",
  "toml",
];

/**
 * Markdown as the repository's pages have it. `env.address` turns a link into that of the site. Headings have the
 * anchors that GitHub gives them. `codeStyles` gives the styles of all code that was rendered so far.
 */
export async function createMarkdown() {
  const highlighter = await createHighlighter({ themes: Object.values(THEMES), langs: LANGUAGES });
  const known = new Set(highlighter.getLoadedLanguages());
  // Classes, because styles in every token make a page with much code ten times as large.
  const classes = transformerStyleToClass({ classPrefix: "code-" });
  const markdown = new MarkdownIt({
    html: true,
    highlight: (code, language) =>
      highlighter.codeToHtml(code.trimEnd(), {
        lang: known.has(language) ? language : "text",
        themes: THEMES,
        defaultColor: "light-dark()",
        transformers: [classes],
      }),
  });
  markdown.use(anchor, { slugify, tabIndex: false, permalink: anchor.permalink.headerLink() });
  markdown.core.ruler.push("addresses", ({ tokens, env }) => {
    if (env.address === undefined) return;
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const name = ADDRESS[token.type];
      const value = name && token.attrGet(name);
      if (value) token.attrSet(name, env.address(value));
    }
  });
  const { rules } = markdown.renderer;
  rules.table_open = () =>
    `<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>\n`;
  rules.table_close = () => "</table></div>\n";
  return { markdown, codeStyles: () => classes.getCSS() };
}

const ADDRESS = { link_open: "href", image: "src" };

/** The targets of all links and images. */
export const linksIn = (markdown, text) =>
  markdown.parse(text, {}).flatMap(({ children }) => children ?? [])
    .map((token) => token.attrGet(ADDRESS[token.type] ?? ""))
    .filter((target) => target);

/** The text of the first heading. */
export const titleOf = (text) =>
  (/^# (.+)$/m.exec(text)?.[1] ?? "Slope").replaceAll(/[`*\\]/g, "").replaceAll(
    /\[([^\]]*)\]\([^)]*\)/g,
    "$1",
  );

/** As GitHub does it, so that links work in both places. */
export const slugify = (heading) =>
  heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
