/** Measures from one mark to the next and returns whole milliseconds, at least 1. */
export function measure(name, startMark, endMark) {
  performance.mark(endMark);
  const { duration } = performance.measure(name, startMark, endMark);
  return Math.max(1, Math.round(duration));
}
