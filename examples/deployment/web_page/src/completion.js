import { CompletionModel } from "./completion_model.js";
import { makeEasel } from "./easel.js";
import { latestOnly } from "./latest.js";
import { makeCanvas, paint, setSizes } from "./pictures.js";
import { Problem } from "./problem.js";
import { MAX_SEED, parseSeed } from "./seed.js";
import { listenForSeeds } from "./seed_form.js";

const NUM_COMPLETIONS = 8;
const FIRST_SEED = 100; // of completions: others than the image's

const find = (selector) => document.querySelector(selector);
let completionSeed = FIRST_SEED;

async function start() {
  find("#status").textContent = "Loading the model …";
  const model = await CompletionModel.load("model/");
  setSizes(model.imageShape);
  const canvases = Array.from({ length: NUM_COMPLETIONS }, (_, index) =>
    makeCanvas(model.imageShape, `Completion ${index + 1}`),
  );
  find("#completions").replaceChildren(...canvases);

  const complete = latestOnly(async () => {
    const latents = await model.drawLatents(NUM_COMPLETIONS, completionSeed);
    const images = await model.complete(latents, easel.image, easel.mask);
    paint(canvases, images, model);
    find("#completions").dataset.painted = `${completionSeed} ${easel.numHidden()}`;
  }, showFailure);
  const easel = makeEasel(find("#painting"), model, complete);

  const draw = latestOnly(async (seed) => {
    find("#failure").hidden = true;
    const nothing = model.emptyMask();
    const latents = await model.drawLatents(1, seed);
    easel.show(await model.complete(latents, model.emptyImage(), nothing));
    await complete();
  }, showFailure);
  await draw(parseSeed(find("#seed").value));
  listenForSeeds(find("#seed-form"), find("#seed-problem"), draw);
  find("#other").addEventListener("click", () => {
    completionSeed = completionSeed === MAX_SEED ? 0 : completionSeed + 1;
    complete();
  });
  find("main").inert = false;
  find("#status").textContent = "Every image is computed on this device.";
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
