import { latestOnly } from "./latest.js";
import { move, randomDirections, stack } from "./latents.js";
import { makeCanvas, paint } from "./pictures.js";

const NUM_DIRECTIONS = 8;
const SEED = 0; // the page shows the same directions at each visit

/**
 * Sliders that move A along random directions. `show(a)` sets where they start; the class
 * stays that of A.
 */
export async function makeDirections(section, model, onError) {
  const draws = await model.drawLatents(2 * NUM_DIRECTIONS, SEED);
  const { directions, distance } = randomDirections(draws, model.latentDim);
  const reach = distance / 2;
  const large = section.querySelector(".large");
  [large.height, large.width] = model.imageShape;
  let start = null;

  const paintLarge = latestOnly(async () => {
    const steps = sliders.map(({ input }) => input.valueAsNumber * reach);
    const moved = directions.reduce(
      (latents, direction, index) => move(latents, direction, steps[index]),
      start.latents,
    );
    paint([large], await model.generate(moved, Int32Array.of(start.label)), model);
    sliders.forEach(({ output }, index) => {
      output.value = signed(steps[index]);
    });
  }, onError);

  const paintEnds = latestOnly(async () => {
    const points = directions.flatMap((direction) =>
      [-reach, reach].map((step) => move(start.latents, direction, step)),
    );
    const labels = new Int32Array(points.length).fill(start.label);
    const canvases = sliders.flatMap(({ ends }) => ends);
    paint(canvases, await model.generate(stack(points), labels), model);
  }, onError);

  const sliders = directions.map((_, index) =>
    makeSlider(index + 1, model.imageShape, paintLarge),
  );
  section.querySelector(".controls").append(...sliders.map(({ line }) => line));

  function reset() {
    sliders.forEach(({ input }) => {
      input.value = 0;
    });
    return paintLarge();
  }

  section.querySelector("button").addEventListener("click", reset);
  return {
    show(a) {
      start = a;
      return Promise.all([reset(), paintEnds()]);
    },
  };
}

// From -1 to 1: a slider's own steps must not depend on the prior's scale.
function makeSlider(number, imageShape, onInput) {
  const ends = [makeCanvas(imageShape), makeCanvas(imageShape)];
  const input = document.createElement("input");
  Object.assign(input, { type: "range", min: -1, max: 1, step: 0.01, value: 0 });
  input.setAttribute("aria-label", `Direction ${number}`);
  input.addEventListener("input", onInput);
  const output = document.createElement("output");
  const line = document.createElement("div");
  line.className = "slider direction";
  line.append(number, ends[0], input, ends[1], output);
  return { line, input, output, ends };
}

function signed(value) {
  const sign = value < 0 ? "−" : value > 0 ? "+" : "";
  return sign + Math.abs(value).toFixed(1);
}
