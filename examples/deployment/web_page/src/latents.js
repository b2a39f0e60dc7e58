// Latents are flat Float32Arrays; a batch is its rows one after the other.

/** Row `index` of a batch. */
export function row(latents, index, latentDim) {
  return latents.subarray(index * latentDim, (index + 1) * latentDim);
}

/** Rows joined to a batch. */
export function stack(rows) {
  const batch = new Float32Array(rows.length * rows[0].length);
  rows.forEach((latents, index) => batch.set(latents, index * latents.length));
  return batch;
}

/** The point at t on the straight line: (1 - t) start + t end. */
export function interpolate(start, end, t) {
  return start.map((value, i) => (1 - t) * value + t * end[i]);
}

/** start + step direction */
export function move(start, direction, step) {
  return start.map((value, i) => value + step * direction[i]);
}

/**
 * Random unit directions: differences of draws from the prior, so that they fit its
 * scale and need no second source of random numbers. Python draws the same ones.
 *
 * @param {Float32Array} draws Latents [2 num, latentDim].
 * @returns {{directions: Float32Array[], distance: number}} The directions, and how far
 *   two draws lie from each other on average.
 */
export function randomDirections(draws, latentDim) {
  const num = draws.length / latentDim / 2;
  const differences = Array.from({ length: num }, (_, index) =>
    move(row(draws, index, latentDim), row(draws, index + num, latentDim), -1),
  );
  const lengths = differences.map((difference) => Math.hypot(...difference));
  const directions = differences.map((difference, index) =>
    difference.map((value) => value / lengths[index]),
  );
  const distance = lengths.reduce((sum, length) => sum + length, 0) / num;
  return { directions, distance };
}
