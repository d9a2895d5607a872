"use strict";
(() => {
  const changes = [...document.querySelectorAll(".change")];
  const tools = document.querySelector(".tools");
  if (!tools) return;
  const box = tools.querySelector("input");
  const said = document.getElementById("shown");
  const fold = (open) => { for (const change of changes) if (!change.hidden) change.open = open; };
  let texts;
  const filter = () => {
    texts ??= changes.map((change) => change.textContent.toLowerCase());
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fitsWord = (word, place) =>
      word.startsWith("is:") ? changes[place].dataset.is === word.slice(3) : texts[place].includes(word);
    let shown = 0;
    changes.forEach((change, place) => {
      const fits = words.every((word) => fitsWord(word, place));
      if (change.hidden === fits) change.hidden = !fits;
      shown += fits;
    });
    said.textContent = words.length ? `${shown} of ${changes.length} shown` : "";
  };
  fold(false);
  tools.hidden = false;
  box.addEventListener("input", filter);
  for (const button of document.querySelectorAll("button[data-fold]"))
    button.addEventListener("click", () => fold(button.dataset.fold === "open"));
  for (const chip of document.querySelectorAll(".chip"))
    chip.addEventListener("click", () => { box.value = chip.dataset.words; filter(); box.focus(); });
  addEventListener("beforeprint", () => fold(true));
})();
