/** Slope's version. A test compares it with package.json. */
export const SLOPE_VERSION = "0.1.0";
