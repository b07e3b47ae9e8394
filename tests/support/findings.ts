import assert from "node:assert/strict";
import { wordsOf } from "../../src/diagnose/words/finding_words.ts";
import { Finding } from "../../src/format/finding.ts";

/** A finding passes from child to parent as JSON, and has whole sentences there. */
export function assertSpeaks(finding: Finding): void {
  const received = Finding.parse(JSON.parse(JSON.stringify(finding)));
  for (const text of Object.values(wordsOf(received))) {
    assert.match(text, /^[^a-z].{10,}\.$/);
    assert.doesNotMatch(text, /NaN,|undefined|\[object/);
  }
}
