import { latestOnly } from "./latest.js";
import { interpolate, stack } from "./latents.js";
import { makeCanvas, paint } from "./pictures.js";

const NUM_STEPS = 9;

/**
 * The strip of images from A to B, and the one at t. `show(a, b)` sets the ends, each
 * with its latents and its class, which changes in the middle.
 */
export function makeInterpolation(section, model, onError) {
  const slider = section.querySelector("input");
  const output = section.querySelector("output");
  const large = section.querySelector(".large");
  const strip = Array.from({ length: NUM_STEPS }, () => makeCanvas(model.imageShape));
  [large.height, large.width] = model.imageShape;
  section.querySelector(".strip").replaceChildren(...strip);
  let ends = null;

  const paintLarge = latestOnly(async () => {
    const t = slider.valueAsNumber;
    paint([large], await images([t]), model);
    output.value = t.toFixed(2);
  }, onError);

  const paintStrip = latestOnly(async () => {
    paint(strip, await images(strip.map((_, i) => i / (NUM_STEPS - 1))), model);
  }, onError);

  function images(places) {
    const [a, b] = ends;
    const points = places.map((t) => interpolate(a.latents, b.latents, t));
    const labels = places.map((t) => (t < 0.5 ? a : b).label);
    return model.generate(stack(points), Int32Array.from(labels));
  }

  slider.addEventListener("input", paintLarge);
  return {
    show(a, b) {
      ends = [a, b];
      return Promise.all([paintLarge(), paintStrip()]);
    },
  };
}
