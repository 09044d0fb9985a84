// Enhancements only: every page reads, and every card opens and closes, without this file.
(() => {
  "use strict";
  const root = document.documentElement;
  const narrow = matchMedia("(max-width: 39.99rem)");

  // Theme: the system's until the reader chooses; the choice is kept if the browser allows it.
  const button = document.querySelector("button.theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const label = () => {
    button.textContent = isDark() ? "Thème clair" : "Thème sombre";
  };
  if (button) {
    button.hidden = false;
    label();
    system.addEventListener("change", label);
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      try {
        localStorage.setItem("rapport-theme", root.dataset.theme);
      } catch {
        // Private window or file:// without storage: the choice lasts as long as the page.
      }
      label();
    });
  }

  // Cards: the number stays marked while its card is open, and is not covered by the sheet.
  let pressed = null;
  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("button.chiffre[popovertarget]");
    if (target) pressed = target;
  });
  for (const card of document.querySelectorAll(".carte[popover]")) {
    card.addEventListener("toggle", (event) => {
      for (const number of document.querySelectorAll(`[popovertarget="${card.id}"][data-ouvert]`)) {
        delete number.dataset.ouvert;
      }
      if (event.newState !== "open" || pressed?.getAttribute("popovertarget") !== card.id) return;
      pressed.dataset.ouvert = "";
      card.querySelector(".carte-fermer")?.focus({ preventScroll: true });
      const box = pressed.getBoundingClientRect();
      const free = innerHeight - card.offsetHeight - 24;
      if (narrow.matches && box.bottom > free) scrollBy({ top: box.bottom - free });
    });
  }

  // « Citer ce chiffre »: copies the text that the button carries.
  document.addEventListener("click", async (event) => {
    const copier = event.target.closest?.("button[data-citation]");
    if (!copier) return;
    const before = copier.textContent;
    try {
      await navigator.clipboard.writeText(copier.dataset.citation);
      copier.textContent = "Copié";
    } catch {
      copier.textContent = "Copie refusée par le navigateur";
    }
    setTimeout(() => {
      copier.textContent = before;
    }, 2500);
  });

  // The phone's contents close when one of their links leads elsewhere in the same page.
  const menu = document.querySelector("details.menu");
  menu?.addEventListener("click", (event) => {
    if (event.target.closest("a")) menu.open = false;
  });

  // Browsers without ::details-content print closed disclosures empty.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("main details:not([open])")];
    for (const item of opened) item.open = true;
  });
  addEventListener("afterprint", () => {
    for (const item of opened) item.open = false;
  });
})();
