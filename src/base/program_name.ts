import { parse } from "node:path";

/**
 * The name of a program that has none of its own, from its file: "my net (1).py" is my_net_1_, "größe.py" grosse. Names
 * stand in CSV, in patterns and on command lines, so they have no spaces and no accents. `program_name` of the kit for
 * Python does the same.
 */
export function programName(path: string): string {
  const plain = parse(path).name.replaceAll("ß", "ss").normalize("NFKD").replaceAll(/\p{M}/gu, "");
  const name = plain.replaceAll(/[^A-Za-z0-9_.-]+/g, "_").replace(/^[.-]+/, "");
  return name === "" ? "program" : name;
}
