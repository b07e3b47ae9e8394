/** What is searched: the sections of a page, each with its address, the titles above it, and its words. */
export function sectionsOf(markdown, text, output) {
  const sections = [];
  let titles = [];
  const tokens = markdown.parse(text, {});
  tokens.forEach((token, i) => {
    if (token.type === "heading_open") {
      const level = Number(token.tag.slice(1));
      titles = [...titles.slice(0, level - 1), plain(tokens[i + 1])];
      const anchor = sections.length === 0 ? "" : `#${token.attrGet("id")}`;
      sections.push({ at: output + anchor, titles: titles.filter(Boolean), text: "" });
    } else if (token.type === "inline" && tokens[i - 1]?.type !== "heading_open") {
      const section = sections.at(-1);
      if (section) section.text += `${plain(token)} `;
    }
  });
  return sections.map(({ at, titles, text }) => ({
    at,
    title: titles.at(-1),
    under: titles.slice(0, -1).join(" › "),
    text: text.trim(),
  }));
}

/** The words of a line, without marks. */
const plain = ({ children }) =>
  (children ?? []).map(({ type, content }) =>
    type === "text" || type === "code_inline" ? content : type === "softbreak" ? " " : ""
  ).join("");
