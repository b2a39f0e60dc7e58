"use strict";
for (const film of document.querySelectorAll(".film")) {
  const slider = film.querySelector("input[type=range]");
  if (!slider) continue;
  const images = [...film.querySelectorAll("img")];
  const button = film.querySelector("button");
  const output = film.querySelector("output");
  let timer = null;

  const show = (index) => {
    images.forEach((image, place) => { image.hidden = place !== index; });
    const text = `epoch ${images[index].dataset.epoch}`;
    slider.value = index;
    slider.setAttribute("aria-valuetext", text);
    output.textContent = text;
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = "Play";
  };
  const play = () => {
    if (Number(slider.value) === images.length - 1) show(0);
    button.textContent = "Stop";
    timer = setInterval(() => {
      const next = Number(slider.value) + 1;
      if (next < images.length) show(next);
      if (next >= images.length - 1) stop();
    }, 250);
  };
  slider.addEventListener("input", () => { stop(); show(Number(slider.value)); });
  button.addEventListener("click", () => { timer === null ? play() : stop(); });
}
