import { makeCanvas, paint } from "./pictures.js";

const NUM_COLUMNS = 8;

/**
 * The samples, as buttons. One Tab stop; arrows walk inside.
 *
 * @param {HTMLElement} container
 * @param {number[]} imageShape [height, width, channels]
 * @param {(index: number, mark?: string) => void} onChoose The mark, "A" or "B", only
 *   if a key named it.
 */
export function makeGrid(container, imageShape, onChoose) {
  let buttons = [];
  container.addEventListener("keydown", (event) => walk(event, buttons));
  return {
    resize(numImages) {
      if (numImages === buttons.length) return;
      buttons = Array.from({ length: numImages }, (_, index) =>
        makeButton(index, imageShape, onChoose),
      );
      container.replaceChildren(...buttons);
    },
    paint(first, images, model) {
      const canvases = buttons.slice(first).map((button) => button.firstElementChild);
      paint(canvases, images, model);
    },
    showMarks: (marks) => showMarks(buttons, marks),
  };
}

function makeButton(index, imageShape, onChoose) {
  const button = document.createElement("button");
  button.type = "button";
  button.tabIndex = index === 0 ? 0 : -1;
  button.append(makeCanvas(imageShape));
  button.addEventListener("click", () => onChoose(index));
  button.addEventListener("keydown", (event) => {
    const mark = event.key.toUpperCase();
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isPlain && ["A", "B"].includes(mark)) onChoose(index, mark);
  });
  return button;
}

function showMarks(buttons, marks) {
  buttons.forEach((button, index) => {
    const names = Object.keys(marks).filter((name) => marks[name] === index);
    button.dataset.marks = names.join(" ");
    const label = `Image ${index + 1}`;
    button.setAttribute("aria-label", [label, ...names].join(", "));
    button.setAttribute("aria-pressed", names.length > 0);
  });
}

function walk(event, buttons) {
  const from = buttons.indexOf(document.activeElement);
  const to = {
    ArrowLeft: from - 1,
    ArrowRight: from + 1,
    ArrowUp: from - NUM_COLUMNS,
    ArrowDown: from + NUM_COLUMNS,
    Home: 0,
    End: buttons.length - 1,
  }[event.key];
  if (from < 0 || !buttons[to]) return;
  event.preventDefault();
  buttons[from].tabIndex = -1;
  buttons[to].tabIndex = 0;
  buttons[to].focus();
}
