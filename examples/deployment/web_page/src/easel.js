import { paint } from "./pictures.js";

const HIDDEN = [194, 65, 12]; // of every second pixel that is hidden, in a checkerboard
const PARTS = {
  none: () => false,
  lower: (y, x, height) => y >= height / 2,
  right: (y, x, height, width) => x >= width / 2,
  middle: (y, x, height, width) =>
    Math.abs(2 * y + 1 - height) < height / 2 && Math.abs(2 * x + 1 - width) < width / 2,
  all: () => true,
};

/**
 * The image that is painted over: `image`, its `mask`, 1 where a pixel is given, and
 * `show(image)`, which puts another one there under the same mask.
 *
 * @param {HTMLElement} section With a canvas, a brush and buttons of whole parts.
 * @param {{imageShape: number[], valueRange: number[]}} model
 * @param {() => void} onPainted Called whenever the mask has changed.
 */
export function makeEasel(section, model, onPainted) {
  const [height, width] = model.imageShape;
  const canvas = section.querySelector("canvas");
  [canvas.height, canvas.width] = [height, width];
  canvas.getContext("2d", { willReadFrequently: true });
  const brushWidth = section.querySelector("#brush-width");
  const easel = {
    image: null,
    mask: new Float32Array(height * width),
    numHidden: () => easel.mask.filter((value) => value === 0).length,
    show(image) {
      easel.image = image;
      draw();
    },
  };
  fill("lower");

  function fill(part) {
    easel.mask.forEach((_, index) => {
      const [y, x] = [Math.floor(index / width), index % width];
      easel.mask[index] = PARTS[part](y, x, height, width) ? 0 : 1;
    });
  }

  function draw() {
    paint([canvas], easel.image, model);
    const context = canvas.getContext("2d");
    const pixels = context.getImageData(0, 0, width, height);
    easel.mask.forEach((value, index) => {
      const [y, x] = [Math.floor(index / width), index % width];
      if (value === 0) pixels.data.set((y + x) % 2 ? HIDDEN : [0, 0, 0], 4 * index);
    });
    context.putImageData(pixels, 0, 0);
  }

  function change() {
    draw();
    onPainted();
  }

  function stroke(event) {
    const box = canvas.getBoundingClientRect();
    const column = ((event.clientX - box.left) / box.width) * width;
    const row = ((event.clientY - box.top) / box.height) * height;
    const radius = brushWidth.valueAsNumber / 2;
    const value = Number(section.querySelector("[name=brush]:checked").value);
    easel.mask.forEach((_, index) => {
      const [y, x] = [Math.floor(index / width) + 0.5, (index % width) + 0.5];
      if (Math.hypot(y - row, x - column) <= radius) easel.mask[index] = value;
    });
    change();
  }

  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    stroke(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.buttons) stroke(event);
  });
  brushWidth.addEventListener("input", () => {
    brushWidth.nextElementSibling.value = brushWidth.value;
  });
  section.querySelector("#parts").addEventListener("click", (event) => {
    if (!(event.target.value in PARTS)) return;
    fill(event.target.value);
    change();
  });
  return easel;
}
