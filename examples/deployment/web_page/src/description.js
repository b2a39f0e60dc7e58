import { Problem, quoted } from "./problem.js";

/** Checks what generator.onnx.json says; returns it in the names of this page. */
export function readDescription(text, fileName) {
  const description = parseObject(text, fileName);
  const sizes = readSizes(text, fileName);
  return { ...sizes, condition: readCondition(description.conditions ?? {}, fileName) };
}

/** The same without what else a generator is told. */
export function readSizes(text, fileName) {
  const description = parseObject(text, fileName);
  const { latent_dim: latentDim, image_shape: imageShape } = description;
  const valueRange = description.value_range;
  check(isSize(latentDim), fileName, "latent_dim", "an integer above 0", latentDim);
  check(
    isImageShape(imageShape),
    fileName,
    "image_shape",
    "[height, width, channels] with 1 or 3 channels",
    imageShape,
  );
  check(
    isRange(valueRange),
    fileName,
    "value_range",
    "[low, high] with low below high",
    valueRange,
  );
  return { latentDim, imageShape, valueRange };
}

/** The one class that the generator is told; null where it is told nothing. */
function readCondition(conditions, fileName) {
  const names = Object.keys(conditions);
  if (names.length === 0) return null;
  const { num_classes: numClasses, shape, dtype, prior } = conditions[names[0]];
  const isClass = isSize(numClasses) && shape?.length === 0;
  check(
    names.length === 1 && isClass && ["int32", "int64"].includes(dtype),
    fileName,
    "conditions",
    "one class for each image at most, which this page can ask for",
    names.join(", "),
  );
  return { name: names[0], numClasses, dtype, isDrawn: Boolean(prior) };
}

function parseObject(text, fileName) {
  try {
    const value = JSON.parse(text);
    if (value !== null && typeof value === "object") return value;
  } catch {
    // Said below, as for a JSON value that is no object.
  }
  throw new Problem(`${fileName} must hold a JSON object. Received: ${quoted(text)}.`);
}

function check(holds, fileName, key, expected, received) {
  if (holds) return;
  const value = received === undefined ? "nothing" : quoted(received);
  throw new Problem(
    `${fileName}: "${key}" must be ${expected}. Received: ${value}. ` +
      "Correct the file, or export the generator again.",
  );
}

function isSize(value) {
  return Number.isInteger(value) && value > 0;
}

function isImageShape(value) {
  if (!Array.isArray(value) || value.length !== 3) return false;
  return value.every(isSize) && [1, 3].includes(value[2]);
}

function isRange(value) {
  if (!Array.isArray(value) || value.length !== 2) return false;
  return value.every(Number.isFinite) && value[0] < value[1];
}
