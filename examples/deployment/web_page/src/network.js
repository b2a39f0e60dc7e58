import { InferenceSession, env } from "onnxruntime-web/wasm";

import { Problem, quoted } from "./problem.js";

// More threads need headers (COOP, COEP) that a plain file server does not send.
env.wasm.numThreads = 1;
env.logLevel = "error";

// The networks share one WebAssembly memory, and overlapping runs its stack: one by one.
let lastRun = Promise.resolve();

function runAlone(session, feeds) {
  const run = lastRun.then(() => session.run(feeds));
  lastRun = run.catch(() => {});
  return run;
}

/** One ONNX file with the names that the page counts on. */
export class Network {
  constructor(session, fileName, description) {
    this.session = session;
    this.fileName = fileName;
    this.description = description;
  }

  /**
   * Reads an ONNX file.
   *
   * @param {ArrayBuffer} bytes The file.
   * @param {string} fileName For messages.
   * @param {string[]} inputNames All inputs that it must have.
   * @param {string[]} outputNames All outputs that it must have.
   * @param {string} description Name of the file that says its sizes, for messages.
   */
  static async load(bytes, fileName, inputNames, outputNames, description) {
    const session = await InferenceSession.create(bytes).catch((error) => {
      throw new Problem(
        `${fileName} could not be read as an ONNX model: ${quoted(error.message, 200)}`,
      );
    });
    checkNames(fileName, "inputs", inputNames, session.inputNames);
    checkNames(fileName, "outputs", outputNames, session.outputNames);
    return new Network(session, fileName, description);
  }

  /**
   * Runs the network.
   *
   * @param {Object<string, Tensor>} feeds
   * @param {string} outputName
   * @param {number[]} expectedShape Is checked, so a wrong file is said in words.
   * @param {string} expectedType The same.
   */
  async run(feeds, outputName, expectedShape, expectedType = "float32") {
    const results = await runAlone(this.session, feeds).catch((error) => {
      throw new Problem(
        `${this.fileName} does not fit ${this.description}: ` +
          quoted(error.message, 300),
      );
    });
    const output = results[outputName];
    const isExpected =
      output.type === expectedType && `${output.dims}` === `${expectedShape}`;
    if (!isExpected) {
      throw new Problem(
        `${this.fileName} must give ${expectedType} of shape ` +
          `[${expectedShape.join(", ")}], as ${this.description} says. ` +
          `Received: ${output.type} of shape [${output.dims.join(", ")}].`,
      );
    }
    return output.data;
  }
}

function checkNames(fileName, kind, expected, received) {
  if ([...expected].sort().join() === [...received].sort().join()) return;
  throw new Problem(
    `${fileName} must have the ${kind} ${expected.join(", ")}. ` +
      `Received: ${received.join(", ")}. Is it the right file?`,
  );
}
