/** Version of Slope; the same as in package.json, which a test holds it to. */
export const SLOPE_VERSION = "0.1.0";
