import { Tensor } from "onnxruntime-web/wasm";

import { readDescription } from "./description.js";
import { fetchFile } from "./files.js";
import { Network } from "./network.js";

const GENERATOR = "generator.onnx";
const PRIOR = "prior.onnx";
const DESCRIPTION = "generator.onnx.json";
const FILES = [GENERATOR, PRIOR, DESCRIPTION];

/** A generator with its prior: seeds to latents to images, of classes where it has any. */
export class Model {
  constructor(description, prior, generator) {
    this.latentDim = description.latentDim;
    this.imageShape = description.imageShape; // [height, width, channels]
    this.valueRange = description.valueRange; // [black, white]
    this.condition = description.condition; // {name, numClasses, dtype, isDrawn} or null
    this.prior = prior;
    this.generator = generator;
  }

  /** Loads the three files of a folder. */
  static async load(folder) {
    const [generatorFile, priorFile, descriptionFile] = await Promise.all(
      FILES.map((name) => fetchFile(folder, name, FILES)),
    );
    const description = readDescription(await descriptionFile.text(), DESCRIPTION);
    const { condition } = description;
    const told = condition === null ? [] : [condition.name];
    const prior = await Network.load(
      await priorFile.arrayBuffer(),
      PRIOR,
      ["num_samples", "seed"],
      ["latents", ...(condition?.isDrawn ? told : [])],
      DESCRIPTION,
    );
    const generator = await Network.load(
      await generatorFile.arrayBuffer(),
      GENERATOR,
      ["latents", ...told],
      ["images"],
      DESCRIPTION,
    );
    return new Model(description, prior, generator);
  }

  /** Latents [numSamples, latentDim] of a seed: those of `gan.sample` in Python. */
  drawLatents(numSamples, seed) {
    const shape = [numSamples, this.latentDim];
    return this.prior.run(scalars(numSamples, seed), "latents", shape);
  }

  /** The classes [numSamples] that a seed draws, where nobody asks for one. */
  async drawLabels(numSamples, seed) {
    if (!this.condition?.isDrawn) return null;
    const { name, dtype } = this.condition;
    const feeds = scalars(numSamples, seed);
    return Int32Array.from(await this.prior.run(feeds, name, [numSamples], dtype), Number);
  }

  /**
   * Images [numSamples, height, width, channels], all in one flat array.
   *
   * @param {Float32Array} latents
   * @param {Int32Array | null} labels One for each row of latents.
   */
  generate(latents, labels) {
    const numSamples = latents.length / this.latentDim;
    const feeds = {
      latents: new Tensor("float32", latents, [numSamples, this.latentDim]),
    };
    if (this.condition !== null) {
      feeds[this.condition.name] = integers(this.condition.dtype, labels);
    }
    return this.generator.run(feeds, "images", [numSamples, ...this.imageShape]);
  }
}

function scalars(numSamples, seed) {
  const scalar = (value) => new Tensor("int32", Int32Array.of(value), []);
  return { num_samples: scalar(numSamples), seed: scalar(seed) };
}

function integers(dtype, labels) {
  const values = dtype === "int64" ? BigInt64Array.from(labels, BigInt) : labels;
  return new Tensor(dtype, values, [labels.length]);
}
