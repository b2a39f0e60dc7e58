/** Something that the reader of the page can put right; its message is a sentence. */
export class Problem extends Error {}

/** Shortens what was received, so that nonsense of any length fits into a sentence. */
export function quoted(value, maxLength = 60) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}
