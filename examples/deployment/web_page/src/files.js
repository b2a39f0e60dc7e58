import { Problem } from "./problem.js";

/**
 * Fetches one file of the model's folder; a missing one is a `Problem` in words.
 *
 * @param {string} folder
 * @param {string} name
 * @param {string[]} names All three that the page needs.
 */
export async function fetchFile(folder, name, names) {
  const response = await fetch(folder + name).catch((error) => {
    throw new Problem(`${folder}${name} could not be fetched: ${error.message}.`);
  });
  // Some servers answer a missing address with status 200 and a page.
  const isPage = response.headers.get("content-type")?.startsWith("text/html");
  if (!response.ok || isPage) {
    throw new Problem(
      `${folder}${name} is missing (status ${response.status}). Put ` +
        `${names[0]}, ${names[1]} and ${names[2]} ` +
        `into the folder ${folder} beside index.html.`,
    );
  }
  return response;
}
