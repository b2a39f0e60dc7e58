import { latestOnly } from "./latest.js";
import { interpolate, stack } from "./latents.js";
import { makeCanvas, paint } from "./pictures.js";

const NUM_STEPS = 9;

/** The strip of images from A to B, and the one at t. `show(a, b)` sets the ends. */
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
    const images = await model.generate(interpolate(...ends, t));
    paint([large], images, model);
    output.value = t.toFixed(2);
  }, onError);

  const paintStrip = latestOnly(async () => {
    const points = strip.map((_, i) => interpolate(...ends, i / (NUM_STEPS - 1)));
    paint(strip, await model.generate(stack(points)), model);
  }, onError);

  slider.addEventListener("input", paintLarge);
  return {
    show(a, b) {
      ends = [a, b];
      return Promise.all([paintLarge(), paintStrip()]);
    },
  };
}
