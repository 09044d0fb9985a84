// Search in the book, from a web server or from a folder. The index is a script that loads when
// the search opens; without JavaScript the control stays hidden.
(() => {
  "use strict";
  const dialog = document.querySelector("dialog.recherche");
  const opener = document.querySelector("button.rechercher");
  if (!dialog?.showModal || !opener) return;
  const field = dialog.querySelector("input");
  const list = dialog.querySelector("ol");
  const status = dialog.querySelector("[role=status]");
  const SHOWN = 20;
  const WORD = /\p{N}+(?:[ \u00a0\u202f]\p{N}{3}(?!\p{N}))*(?:,\p{N}+)?|\p{L}[\p{L}\p{M}\p{N}]*/gu;
  // Elided words (l’, d’, qu’…) are words of their own here, dropped like the others.
  const EMPTY = new Set(
    ("a ai au aux avec c ce ces cette d dans de des du elle elles en est et eux il ils j je jusqu l la le les leur " +
      "leurs lorsqu m mais n ne ni on ont ou par pas plus pour puisqu qu que qui s sa se ses son sont sur t un une y").split(" "),
  );

  // One form for œuvre and oeuvre, accès and acces, droits and droit, sociaux and social.
  const fold = (word) => {
    const plain = word
      .toLowerCase()
      .normalize("NFD")
      .replace(/\p{M}/gu, "")
      .replace(/œ/g, "oe")
      .replace(/æ/g, "ae")
      .replace(/[ \u00a0\u202f]/g, "");
    if (plain.length < 4 || /\d/.test(plain)) return plain;
    return plain.replace(/eaux$/, "eau").replace(/([^e])aux$/, "$1al").replace(/[sx]$/, "");
  };
  const words = (text) => [...text.matchAll(WORD)].map((found) => ({ form: fold(found[0]), at: found.index, end: found.index + found[0].length }));

  // ---- index: word → how often, by section ----
  let sections = null;
  let vocabulary = null;
  const prepare = (pages) => {
    sections = [];
    vocabulary = new Map();
    const add = (text, weight, number) => {
      for (const { form } of words(text)) {
        if (!vocabulary.has(form)) vocabulary.set(form, new Map());
        const places = vocabulary.get(form);
        places.set(number, (places.get(number) ?? 0) + weight);
      }
    };
    for (const [file, page, found] of pages) {
      for (const [anchor, title, text] of found) {
        add(text, 1, sections.length);
        add(title, 8, sections.length);
        // A line of the register answers too, after the sentence that prints its figure.
        sections.push({ file, page, anchor, title, text, share: anchor.startsWith("reg-") ? 0.2 : 1 });
      }
    }
  };
  const load = () =>
    new Promise((done, fail) => {
      if (sections) return done();
      const script = document.createElement("script");
      script.src = dialog.dataset.index;
      script.onload = () => {
        prepare(window.rapportIndex);
        done();
      };
      script.onerror = fail;
      document.head.append(script);
    });

  // ---- matching ----
  const near = (a, b) => {
    // One sign more, less or other.
    if (Math.abs(a.length - b.length) > 1) return false;
    let start = 0;
    while (start < a.length && a[start] === b[start]) start += 1;
    let tail = 0;
    while (tail < Math.min(a.length, b.length) - start && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
    return Math.max(a.length, b.length) - start - tail <= 1;
  };
  const formsOf = (term, like) => [...vocabulary.keys()].filter((form) => like(form, term));
  const starts = (form, term) => (term.length > 1 ? form.startsWith(term) : form === term);
  const close = (form, term) => term.length > 4 && near(form, term);

  const rank = (terms, like) => {
    let scores = null;
    for (const term of terms) {
      const here = new Map();
      for (const form of formsOf(term, like)) {
        const places = vocabulary.get(form);
        const rare = Math.log(1 + sections.length / places.size);
        for (const [number, times] of places) {
          const score = rare * (1 + Math.log(times)) * (form === term ? 2 : 1);
          here.set(number, Math.max(here.get(number) ?? 0, score));
        }
      }
      const before = scores;
      scores = before ? new Map([...here].filter(([n]) => before.has(n)).map(([n, s]) => [n, s + before.get(n)])) : here;
    }
    return [...scores].map(([n, s]) => [n, s * sections[n].share]).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  };

  const search = (query) => {
    const asked = words(query).map(({ form }) => form);
    const full = asked.filter((form) => !EMPTY.has(form));
    const terms = full.length ? full : asked;
    if (!terms.length) return null;
    const exact = rank(terms, starts);
    const like = exact.length ? starts : close;
    const found = exact.length ? exact : rank(terms, close);
    return { found, hit: (form) => terms.some((term) => like(form, term)), exact: exact.length > 0 };
  };

  // ---- results ----
  const marked = (text, hit) => {
    const piece = document.createDocumentFragment();
    let last = 0;
    for (const { form, at, end } of words(text)) {
      if (!hit(form)) continue;
      const mark = document.createElement("mark");
      mark.textContent = text.slice(at, end);
      piece.append(text.slice(last, at), mark);
      last = end;
    }
    piece.append(text.slice(last));
    return piece;
  };
  const excerpt = (text, hit) => {
    const first = words(text).find(({ form }) => hit(form))?.at ?? 0;
    let from = Math.max(0, first - 60);
    if (from) from = text.indexOf(" ", from) + 1;
    let to = Math.min(text.length, from + 170);
    if (to < text.length) to = text.lastIndexOf(" ", to);
    return (from ? "… " : "") + text.slice(from, to) + (to < text.length ? " …" : "");
  };
  const line = (name, content) => {
    const span = document.createElement("span");
    span.className = name;
    span.append(content);
    return span;
  };
  const show = () => {
    list.replaceChildren();
    status.textContent = "";
    const result = sections && search(field.value);
    if (!result) return;
    const { found, hit, exact } = result;
    for (const [number] of found.slice(0, SHOWN)) {
      const { file, page, anchor, title, text } = sections[number];
      const link = document.createElement("a");
      link.href = `${file}#${anchor}`;
      link.append(line("resultat-page", page), line("resultat-titre", marked(title, hit)), line("resultat-extrait", marked(excerpt(text, hit), hit)));
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
    const n = found.length;
    const counted = n === 0 ? "Aucun résultat." : n === 1 ? "1 résultat" : `${n} résultats`;
    const kept = n > SHOWN ? `, les ${SHOWN} premiers sont montrés` : "";
    status.textContent = counted + kept + (n && !exact ? ", à une lettre près" : "");
  };

  // ---- dialog ----
  const open = () => {
    if (dialog.open) return;
    dialog.showModal();
    field.select();
    load().then(show, () => {
      status.textContent = "L’index de recherche ne s’est pas chargé.";
    });
  };
  opener.hidden = false;
  opener.addEventListener("click", open);
  field.addEventListener("input", show);
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  });
  dialog.querySelector(".recherche-fermer").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("ol a")) dialog.close();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [field, ...list.querySelectorAll("a")];
    const next = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    if (!stops[next]) return;
    event.preventDefault();
    stops[next].focus();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    const command = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    if (!slash && !command) return;
    event.preventDefault();
    open();
  });
})();
