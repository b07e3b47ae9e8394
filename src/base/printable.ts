/** Control characters but tabs and line ends, and what begins with ESC but colours. */
// deno-lint-ignore no-control-regex
const CONTROL = /\x1b(?!\[[\d;]*m)|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]/g;

/**
 * A text that a terminal can only show. What a program prints, or a file holds, may contain sequences that move the cursor,
 * set the title or write to the clipboard (ECMA-48, OSC 52).
 */
export const printable = (text: string): string => text.replace(CONTROL, "\ufffd");
