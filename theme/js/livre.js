// Enhancements only: every page reads, and every card opens and closes, without this file.
(() => {
  "use strict";
  const root = document.documentElement;
  const narrow = matchMedia("(max-width: 39.99rem)");
  const beside = matchMedia("(min-width: 78rem)"); // the card has a column of its own

  // Theme: the system's until the reader chooses; the choice is kept if the browser allows it.
  const buttons = document.querySelectorAll("button.theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const label = () => {
    for (const button of buttons) button.textContent = isDark() ? "Thème clair" : "Thème sombre";
  };
  for (const button of buttons) {
    button.hidden = false;
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
  label();
  system.addEventListener("change", label);

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
      const free = innerHeight - card.offsetHeight - (narrow.matches ? 24 : 36);
      const under = box.right > card.getBoundingClientRect().left && box.bottom > free;
      if (under && !beside.matches) scrollBy({ top: box.bottom - free });
    });
  }

  // A browser without popovers shows the cards at the foot of the page: go there.
  if (!("popover" in HTMLElement.prototype)) {
    document.addEventListener("click", (event) => {
      const number = event.target.closest?.("button.chiffre[popovertarget]");
      if (number) location.hash = number.getAttribute("popovertarget");
    });
  }

  // « Citer ce chiffre »: copies the text that the button carries, its address made absolute
  // where the page has one. Refused by the browser, the text is shown, selected.
  for (const button of document.querySelectorAll("button[data-citation]")) button.hidden = false;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button[data-citation]");
    if (!button) return;
    const { citation, lien } = button.dataset;
    const online = location.protocol.startsWith("http");
    const text = online ? citation.replace(lien, () => new URL(lien, location.href).href) : citation;
    const notice = button.parentElement.querySelector("[role=status]");
    try {
      await navigator.clipboard.writeText(text);
      notice.textContent = "Citation copiée.";
      setTimeout(() => {
        notice.textContent = "";
      }, 4000);
    } catch {
      notice.textContent = text;
      getSelection().selectAllChildren(notice);
    }
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
