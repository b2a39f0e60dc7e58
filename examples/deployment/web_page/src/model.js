import { Tensor } from "onnxruntime-web/wasm";

import { readDescription } from "./description.js";
import { fetchFile } from "./files.js";
import { Network } from "./network.js";

const GENERATOR = "generator.onnx";
const PRIOR = "prior.onnx";
const DESCRIPTION = "generator.onnx.json";

/** A generator with its prior: seeds to latents to images. */
export class Model {
  constructor(description, prior, generator) {
    this.latentDim = description.latentDim;
    this.imageShape = description.imageShape; // [height, width, channels]
    this.valueRange = description.valueRange; // [black, white]
    this.prior = prior;
    this.generator = generator;
  }

  /** Loads the three files of a folder. */
  static async load(folder) {
    const [generatorFile, priorFile, descriptionFile] = await Promise.all(
      [GENERATOR, PRIOR, DESCRIPTION].map((name) => fetchFile(folder, name)),
    );
    const description = readDescription(await descriptionFile.text(), DESCRIPTION);
    const prior = await Network.load(
      await priorFile.arrayBuffer(),
      PRIOR,
      ["num_samples", "seed"],
      "latents",
    );
    const generator = await Network.load(
      await generatorFile.arrayBuffer(),
      GENERATOR,
      ["latents"],
      "images",
    );
    return new Model(description, prior, generator);
  }

  /** Latents [numSamples, latentDim] of a seed: those of `prior.sample` in Python. */
  drawLatents(numSamples, seed) {
    const feeds = { num_samples: scalar(numSamples), seed: scalar(seed) };
    return this.prior.run(feeds, [numSamples, this.latentDim]);
  }

  /** Images [numSamples, height, width, channels] of latents, all in one flat array. */
  generate(latents) {
    const numSamples = latents.length / this.latentDim;
    const feeds = {
      latents: new Tensor("float32", latents, [numSamples, this.latentDim]),
    };
    return this.generator.run(feeds, [numSamples, ...this.imageShape]);
  }
}

function scalar(value) {
  return new Tensor("int32", Int32Array.of(value), []);
}
