const NUM_COLUMNS = 8; // of the grid
const NUM_IMAGES = 64;
const MAX_ROWS = 20; // with a class each

const DRAWN = "drawn";
const ROWS = "rows";

/**
 * What the reader asks for: images of one class, of each in turn, or as the seed draws.
 *
 * Without a condition all parts of the page that speak of classes stay hidden.
 *
 * @param {HTMLElement} label Holds the `<select>`.
 * @param {{name: string, numClasses: number, isDrawn: boolean} | null} condition
 * @param {() => void} onChange
 */
export function makeClassChoice(label, condition, onChange) {
  if (condition === null) return { asked: () => allOf(null, "") };
  const { name, numClasses, isDrawn } = condition;
  const numRows = Math.min(numClasses, MAX_ROWS);
  const select = label.querySelector("select");
  const ofEach = numRows < numClasses ? `each of 0 to ${numRows - 1}` : "each";
  select.append(new Option(`a row of ${ofEach}`, ROWS));
  if (isDrawn) select.append(new Option("as the seed draws", DRAWN));
  for (let index = 0; index < numClasses; index++) {
    select.append(new Option(`${index}`, `${index}`));
  }
  label.firstElementChild.textContent = name;
  for (const part of document.querySelectorAll(".of-classes")) part.hidden = false;
  select.addEventListener("change", onChange);

  function asked() {
    if (select.value === DRAWN) return allOf(null, `, ${name} as drawn`);
    if (select.value !== ROWS) {
      return allOf(Number(select.value), `, ${name} ${select.value}`);
    }
    const numImages = numRows * NUM_COLUMNS;
    const labels = Int32Array.from({ length: numImages }, (_, index) =>
      Math.floor(index / NUM_COLUMNS),
    );
    const text = `, a row for each of ${name} 0 to ${numRows - 1}`;
    return { numImages, labels, text };
  }
  return { asked };
}

/** All images of one class; `labels` is null where nobody asks for one. */
function allOf(label, text) {
  const labels = label === null ? null : new Int32Array(NUM_IMAGES).fill(label);
  return { numImages: NUM_IMAGES, labels, text };
}
