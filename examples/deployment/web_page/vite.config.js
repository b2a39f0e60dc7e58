import { defineConfig } from "vite";

export default defineConfig({
  base: "./", // the built page works in any folder of any server
  appType: "mpa", // a missing file is a 404, not index.html
  build: {
    assetsInlineLimit: 0, // the page's policy allows no data: addresses
    modulePreload: { polyfill: false },
    rollupOptions: { input: ["index.html", "completion.html"] },
  },
});
