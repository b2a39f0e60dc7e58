import { makeClassChoice } from "./classes.js";
import { makeDirections } from "./directions.js";
import { makeGrid } from "./grid.js";
import { makeInterpolation } from "./interpolation.js";
import { latestOnly } from "./latest.js";
import { row } from "./latents.js";
import { Model } from "./model.js";
import { setSizes } from "./pictures.js";
import { Problem } from "./problem.js";
import { parseSeed } from "./seed.js";
import { listenForSeeds } from "./seed_form.js";
import { measure } from "./timing.js";

const NUM_AT_ONCE = 8;

const find = (selector) => document.querySelector(selector);
const marks = { A: 0, B: 1 }; // where in the grid
let shown = null; // latents and labels of the images in the grid

async function start() {
  performance.mark("start");
  find("#status").textContent = "Loading the model …";
  const model = await Model.load("model/");
  const loadTime = measure("model load", "start", "model loaded");

  setSizes(model.imageShape);
  const grid = makeGrid(find("#grid"), model.imageShape, choose);
  const seeds = find("#seed-form");
  const classes = makeClassChoice(find("#class-choice"), model.condition, () =>
    seeds.requestSubmit(),
  );
  let drawTime = null;
  await drawSamples(model, grid, parseSeed(find("#seed").value), classes.asked(), () => {
    drawTime ??= measure("first image", "model loaded", "first image drawn");
  });

  const interpolation = makeInterpolation(find("#interpolation"), model, showFailure);
  const directions = await makeDirections(find("#directions"), model, showFailure);
  await showMarked("AB");
  const draw = latestOnly(async (seed) => {
    find("#failure").hidden = true;
    await drawSamples(model, grid, seed, classes.asked());
    await showMarked("AB");
  }, showFailure);
  listenForSeeds(seeds, find("#seed-problem"), draw);
  find("main").inert = false;
  find("#status").textContent =
    `Model loaded in ${loadTime} ms, first image ${drawTime} ms later.`;

  function showMarked(changed) {
    const [a, b] = [marks.A, marks.B].map((index) => ({
      latents: row(shown.latents, index, model.latentDim),
      label: shown.labels?.[index] ?? 0, // which nobody reads without a condition
    }));
    grid.showMarks(marks);
    const moved = changed.includes("A") ? directions.show(a) : null;
    return Promise.all([interpolation.show(a, b), moved]);
  }

  function choose(index, named) {
    const mark = named ?? find("#mark-choice :checked").value;
    marks[mark] = index;
    find(`#mark-choice [value=${mark === "A" ? "B" : "A"}]`).checked = true;
    showMarked(mark);
  }
}

// Some images at a time, so that a large generator shows the first ones soon.
async function drawSamples(model, grid, seed, asked, onPainted = () => {}) {
  const { numImages } = asked;
  const latents = await model.drawLatents(numImages, seed);
  const labels = asked.labels ?? (await model.drawLabels(numImages, seed));
  grid.resize(numImages);
  for (let first = 0; first < numImages; first += NUM_AT_ONCE) {
    const end = first + NUM_AT_ONCE;
    const images = await model.generate(
      latents.slice(first * model.latentDim, end * model.latentDim),
      labels?.slice(first, end),
    );
    grid.paint(first, images, model);
    onPainted();
    await new Promise((resolve) => setTimeout(resolve)); // the browser shows them
  }
  for (const [mark, index] of [...Object.entries(marks)]) {
    marks[mark] = Math.min(index, numImages - 1);
  }
  shown = { latents, labels };
  const text = `${numImages} images of seed ${seed}${asked.text}`;
  find("#grid").setAttribute("aria-label", text);
}

function showFailure(error) {
  const failure = find("#failure");
  const prefix = error instanceof Problem ? "" : "Something unforeseen went wrong: ";
  failure.textContent = prefix + error.message;
  failure.hidden = false;
}

start().catch((error) => {
  find("#status").textContent = "The model could not be loaded.";
  showFailure(error);
});
