/** A canvas of an image's size, described for readers who do not see it. */
export function makeCanvas([height, width], label) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  if (label) {
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
  }
  return canvas;
}

/**
 * Paints images onto the first canvases, one each.
 *
 * @param {HTMLCanvasElement[]} canvases
 * @param {Float32Array} images [num, height, width, channels], flat.
 * @param {{imageShape: number[], valueRange: number[]}} model
 */
export function paint(canvases, images, { imageShape, valueRange }) {
  const [height, width, channels] = imageShape;
  const size = height * width * channels;
  const numImages = images.length / size;
  canvases.slice(0, numImages).forEach((canvas, index) => {
    const pixels = new ImageData(width, height);
    const image = images.subarray(index * size, (index + 1) * size);
    writePixels(pixels.data, image, channels, valueRange);
    canvas.getContext("2d").putImageData(pixels, 0, 0);
  });
}

// `pixels` clamps to 0..255 and rounds by itself.
function writePixels(pixels, image, channels, [low, high]) {
  const scale = 255 / (high - low);
  for (let i = 0; i < pixels.length / 4; i++) {
    for (let channel = 0; channel < 3; channel++) {
      const value = image[i * channels + (channels === 3 ? channel : 0)];
      pixels[4 * i + channel] = (value - low) * scale;
    }
    pixels[4 * i + 3] = 255;
  }
}

const TILE = 56; // CSS pixels, about

/** Sets how large images are shown: a whole number of times, so pixels stay square. */
export function setSizes([height, width]) {
  const isLarge = width > TILE;
  const tile = isLarge ? TILE : Math.round(TILE / width) * width;
  const style = document.documentElement.style;
  style.setProperty("--tile", `${tile}px`);
  style.setProperty("--aspect", `${width} / ${height}`);
  document.body.classList.toggle("large-images", isLarge);
}
