import { Problem, quoted } from "./problem.js";

/** The prior takes its seed as a signed 32-bit integer. */
export const MAX_SEED = 2 ** 31 - 1;

/** Returns the seed that the text names, or throws a `Problem`. */
export function parseSeed(text) {
  const trimmed = text.trim();
  const seed = Number(trimmed);
  if (!/^[0-9]+$/.test(trimmed) || seed > MAX_SEED) {
    throw new Problem(
      `The seed must be a whole number from 0 to ${MAX_SEED}. ` +
        `Received: ${quoted(trimmed) || "nothing"}.`,
    );
  }
  return seed;
}
