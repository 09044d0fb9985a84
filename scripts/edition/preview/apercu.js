// Added to each page by the server of `rapport apercu`; no book holds it.
(() => {
  "use strict";
  const mine = Number(document.currentScript.dataset.version);
  const box = document.createElement("div");
  box.attachShadow({ mode: "open" }).innerHTML = `<style>
    :host { position: fixed; inset: auto 0 0 0; z-index: 99; font: 16px/1.45 sans-serif; color: #fff; }
    .etat { position: absolute; right: 12px; bottom: 12px; padding: 4px 12px; border-radius: 3px; background: #1b1f24; }
    .faute { max-height: 70vh; overflow: auto; padding: 16px 24px 20px; background: #5a1400; }
    h2 { margin: 0 0 8px; font-size: 18px; } ul { margin: 0; padding: 0; list-style: none; }
    li { padding: 8px 0; border-top: 1px solid #ffffff55; white-space: pre-wrap; overflow-wrap: anywhere; }
    b { display: block; } i { font-style: normal; opacity: .85; }
    button { float: right; font: inherit; color: inherit; background: none; border: 1px solid #fff; border-radius: 3px; padding: 4px 12px; cursor: pointer; }
    [hidden] { display: none; }</style>
    <p class="etat" role="status" hidden></p>
    <section class="faute" role="alert" hidden><button type="button">Masquer</button>
    <h2>Construction impossible ; la page est celle d’avant.</h2><ul></ul></section>`;
  const [state, fault] = ["etat", "faute"].map((name) => box.shadowRoot.querySelector(`.${name}`));
  const list = fault.querySelector("ul");
  fault.querySelector("button").addEventListener("click", () => { fault.hidden = true; });
  document.body.append(box);

  const say = (words) => {
    state.textContent = words;
    state.hidden = !words;
  };
  const events = new EventSource("/.apercu/evenements");
  events.onmessage = (event) => {
    const { version, busy, problems } = JSON.parse(event.data);
    if (version !== mine) {
      location.reload();
      return;
    }
    say(busy ? "Construction…" : "");
    if (busy) return;
    fault.hidden = problems.length === 0;
    list.replaceChildren(
      ...problems.map(({ quoi, ou, que_faire }) => {
        const item = document.createElement("li");
        const what = document.createElement("b");
        const where = document.createElement("i");
        what.textContent = quoi;
        where.textContent = [ou && `Où : ${ou}`, que_faire && `Que faire : ${que_faire}`].filter(Boolean).join("\n");
        item.append(what, where);
        return item;
      }),
    );
  };
  events.onerror = () => say("L’aperçu ne répond plus.");
})();
