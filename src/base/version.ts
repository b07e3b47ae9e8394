/** Slope's version: that of package.json, as `deno task release:version` wrote it here. */
export const SLOPE_VERSION = "0.2.0";
