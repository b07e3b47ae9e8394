import type { Fault } from "./version_places.ts";

/** The parts of a CycloneDX bill of materials that are read here. */
export interface Bill {
  readonly components?: readonly Component[];
}

interface Component {
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly {
    readonly license?: { readonly id?: string; readonly name?: string };
    readonly expression?: string;
  }[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
  readonly components?: readonly Component[];
}

export interface Licence {
  readonly name: string;
  readonly version: string;
  /** As the package declares it; empty where it declares none. */
  readonly licence: string;
  /** Whether users get it, or only those who work on Slope. */
  readonly use: "runtime" | "development";
}

/** Licences that let an MIT package bring a dependency along. */
const PERMISSIVE = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Unlicense",
]);

/** A row for each dependency, direct or not, in the order of names. */
export function licencesIn(bill: Bill): Licence[] {
  const all = (components: readonly Component[] = []): Component[] =>
    components.flatMap((one) => [one, ...all(one.components)]);
  const rows = all(bill.components).map(({ group, name, version, licenses, properties }) => ({
    name: group === undefined ? name : `${group}/${name}`,
    version,
    licence: (licenses ?? []).map(({ license, expression }) =>
      expression ?? license?.id ?? license?.name ?? ""
    ).map((one, _, { length }) => length > 1 && one.includes(" ") ? `(${one})` : one)
      .join(" AND "),
    use:
      properties?.some((one) => one.name === "cdx:npm:package:development" && one.value === "true")
        ? "development" as const
        : "runtime" as const,
  }));
  return rows.toSorted((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

/**
 * Whether users may get what has this licence, an SPDX expression. Where parentheses stand within it, every licence that
 * it names must be permissive: such expressions are too rare to be worth a parser.
 */
function isPermissive(licence: string): boolean {
  const plain = licence.replace(/^\(([^()]*)\)$/, "$1");
  const areAll = (licences: readonly string[]) => licences.every((one) => PERMISSIVE.has(one));
  return /[()]/.test(plain)
    ? areAll(plain.replaceAll(/[()]/g, "").split(/ AND | OR /))
    : plain.split(" OR ").some((choice) => areAll(choice.split(" AND ")));
}

/** Dependencies without a licence, and those that users get under one that asks more of them than a notice. */
export const licenceFaults = (licences: readonly Licence[]): Fault[] =>
  licences.flatMap(({ name, version, licence, use }) => {
    if (licence !== "" && (isPermissive(licence) || use === "development")) return [];
    return [{
      place: `${name} ${version}`,
      cause: licence === "" ? "declares no licence" : `has licence ${licence}`,
      hint: "replace it, or add its licence to those that are allowed if it may be passed on",
    }];
  });

/** CSV as RFC 4180 has it. */
export const licenceTable = (licences: readonly Licence[]): string =>
  [
    "name,version,licence,use",
    ...licences.map(({ name, version, licence, use }) =>
      [name, version, licence, use].map((field) =>
        /[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
      ).join(",")
    ),
  ].join("\r\n") + "\r\n";
