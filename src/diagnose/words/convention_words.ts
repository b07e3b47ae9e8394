import type { Convention } from "../../format/convention.ts";

/** The flags that declare a convention: "--targets 0.01,0.99 --pixels 'x*0.99+0.01'". */
export const conventionFlags = ({ targets, pixels, weightDecay }: Convention): string =>
  [
    ...(targets ? [`--targets ${targets.join()}`] : []),
    ...(pixels === undefined ? [] : [`--pixels '${pixels}'`]),
    ...(weightDecay === undefined ? [] : [`--weight-decay ${weightDecay}`]),
  ].join(" ");

/** The same at the top level of a Python plug-in. */
export const declarationInPython = ({ targets, pixels, weightDecay }: Convention): string =>
  [
    ...(targets ? [`targets = (${targets.join(", ")})`] : []),
    ...(pixels === undefined ? [] : [`pixels = "${pixels}"`]),
    ...(weightDecay === undefined ? [] : [`weight_decay = ${weightDecay}`]),
  ].join("; ");
