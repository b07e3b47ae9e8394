/** Version of the protocol between parent and child; see docs/PROTOCOL.md. */
export const PROTOCOL_VERSION = 1;
