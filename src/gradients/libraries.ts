import { IMPLEMENTATIONS } from "./all.ts";

/**
 * The native libraries that a process of Slope's own implementations opens: those of all of them when it is
 * only asked what they are, those of the one that it is to run. Undefined: it does not say which.
 */
export function librariesOf(name?: string): readonly string[] | undefined {
  return name === undefined
    ? IMPLEMENTATIONS.flatMap(({ libraries = [] }) => libraries)
    : IMPLEMENTATIONS.find((one) => one.name === name)?.libraries;
}
