import { existsSync } from "node:fs";

const entry = ["../src/index.ts", "../src/gradients/contract.ts"].find((path) =>
  existsSync(new URL(path, import.meta.url))
);

/** @type {Partial<import("typedoc").TypeDocOptions>} */
export default {
  plugin: ["typedoc-plugin-markdown", "./typedoc_short_types.js"],
  entryPoints: [entry],
  tsconfig: "tsconfig.json",
  out: ".api",
  readme: "none",
  name: "The library",
  // The gate checks types, with the types of Deno, which typedoc lacks.
  skipErrorChecking: true,
  disableSources: true,
  maxTypeConversionDepth: 1,
  groupOrder: ["Functions", "Interfaces", "*"],
  tableColumnSettings: { hideModifiers: true, hideInherited: true },
  excludeInternal: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  expandParameters: true,
  hideBreadcrumbs: true,
  entryFileName: "index",
  // One page: the library is small.
  router: "module",
  interfacePropertiesFormat: "table",
  parametersFormat: "table",
  typeDeclarationFormat: "table",
  validation: { notExported: false },
  logLevel: "Warn",
};
