import { MAX_SEED, parseSeed } from "./seed.js";

/** Calls `onSeed` with each good seed; says beside the field what is wrong with others. */
export function listenForSeeds(form, message, onSeed) {
  const field = form.querySelector("input");

  function submit(step) {
    const isGood = tell(field, message);
    if (!isGood) return;
    const seed = parseSeed(field.value) + step;
    field.value = seed > MAX_SEED ? 0 : seed;
    onSeed(Number(field.value));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(0);
  });
  form.querySelector("#next-seed").addEventListener("click", () => submit(1));
}

function tell(field, message) {
  let problem = "";
  try {
    parseSeed(field.value);
  } catch (error) {
    problem = error.message;
  }
  message.textContent = problem;
  message.hidden = problem === "";
  field.setAttribute("aria-invalid", problem !== "");
  return problem === "";
}
