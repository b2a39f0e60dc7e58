import { Tensor } from "onnxruntime-web/wasm";

import { readSizes } from "./description.js";
import { fetchFile } from "./files.js";
import { Network } from "./network.js";

const COMPLETION = "completion.onnx";
const PRIOR = "prior.onnx";
const DESCRIPTION = "completion.onnx.json";
const FILES = [COMPLETION, PRIOR, DESCRIPTION];

/** A generator that completes images, with its prior. */
export class CompletionModel {
  constructor(sizes, prior, completion) {
    this.latentDim = sizes.latentDim;
    this.imageShape = sizes.imageShape; // [height, width, channels]
    this.valueRange = sizes.valueRange; // [black, white]
    this.prior = prior;
    this.completion = completion;
  }

  /** Loads the three files of a folder. */
  static async load(folder) {
    const [completionFile, priorFile, descriptionFile] = await Promise.all(
      FILES.map((name) => fetchFile(folder, name, FILES)),
    );
    const sizes = readSizes(await descriptionFile.text(), DESCRIPTION);
    // What nobody is told of, the prior of such a generator draws too: zeros.
    const prior = await Network.load(
      await priorFile.arrayBuffer(),
      PRIOR,
      ["num_samples", "seed"],
      ["latents", "known", "mask"],
      DESCRIPTION,
    );
    const completion = await Network.load(
      await completionFile.arrayBuffer(),
      COMPLETION,
      ["latents", "images", "mask"],
      ["completions"],
      DESCRIPTION,
    );
    return new CompletionModel(sizes, prior, completion);
  }

  /** A mask [height, width] that gives nothing. */
  emptyMask() {
    const [height, width] = this.imageShape;
    return new Float32Array(height * width);
  }

  /** An image [height, width, channels] of which nothing is read. */
  emptyImage() {
    return new Float32Array(this.imageShape.reduce((size, axis) => size * axis));
  }

  /** Latents [numSamples, latentDim] of a seed: those of `gan.sample` in Python. */
  drawLatents(numSamples, seed) {
    const scalar = (value) => new Tensor("int32", Int32Array.of(value), []);
    const feeds = { num_samples: scalar(numSamples), seed: scalar(seed) };
    return this.prior.run(feeds, "latents", [numSamples, this.latentDim]);
  }

  /**
   * Completions [num, height, width, channels] of one image, all in one flat array.
   *
   * @param {Float32Array} latents [num, latentDim], flat.
   * @param {Float32Array} image [height, width, channels], flat.
   * @param {Float32Array} mask [height, width], 1 where a pixel is given.
   */
  complete(latents, image, mask) {
    const num = latents.length / this.latentDim;
    const [height, width] = this.imageShape;
    const feeds = {
      latents: new Tensor("float32", latents, [num, this.latentDim]),
      images: new Tensor("float32", repeated(image, num), [num, ...this.imageShape]),
      mask: new Tensor("float32", repeated(mask, num), [num, height, width, 1]),
    };
    return this.completion.run(feeds, "completions", [num, ...this.imageShape]);
  }
}

function repeated(values, num) {
  const rows = new Float32Array(values.length * num);
  for (let index = 0; index < num; index++) rows.set(values, index * values.length);
  return rows;
}
