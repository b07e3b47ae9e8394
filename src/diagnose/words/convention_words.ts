import type { Convention } from "../../format/convention.ts";

/** The flags that declare a convention: "--targets 0.01,0.99 --pixels 'x*0.99+0.01'". */
export const conventionFlags = ({ targets, pixels, weightDecay, momentum }: Convention): string =>
  [
    ...(targets ? [`--targets ${targets.join()}`] : []),
    ...(pixels === undefined ? [] : [`--pixels '${pixels}'`]),
    ...(weightDecay === undefined ? [] : [`--weight-decay ${weightDecay}`]),
    ...(momentum === undefined ? [] : [`--momentum ${momentum}`]),
  ].join(" ");

/** The same at the top level of a Python plug-in; empty where a flag alone says it. */
const declarationInPython = ({ targets, pixels, weightDecay }: Convention): string =>
  [
    ...(targets ? [`targets = (${targets.join(", ")})`] : []),
    ...(pixels === undefined ? [] : [`pixels = "${pixels}"`]),
    ...(weightDecay === undefined ? [] : [`weight_decay = ${weightDecay}`]),
  ].join("; ");

/** What to do with a departure that may be meant, after the fix; empty where nothing can be declared. */
export function ifMeant(
  convention: Convention | undefined,
  language?: "python" | "typescript",
): string {
  if (convention === undefined) return "";
  const inPython = language === "python" ? declarationInPython(convention) : "";
  return ` It differs from the plan, and trains; if you mean it, declare it: ${
    conventionFlags(convention)
  }${inPython === "" ? "" : `, or \`${inPython}\``}.`;
}
