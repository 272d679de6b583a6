// What pages do beyond links and forms. Every page works without it.
(() => {
  "use strict";
  const one = (selector, within = document) => within.querySelector(selector);

  // Suggestions: the combobox pattern of the ARIA Authoring Practices, list autocomplete with manual selection.
  const box = one("#q"), list = one("#suggestions");
  let at = -1, typed = box ? box.value : "";
  const options = () => [...list.children];
  const close = () => { list.hidden = true; at = -1; box.setAttribute("aria-expanded", "false"); box.removeAttribute("aria-activedescendant"); };
  const mark = (next) => {
    const all = options();
    if (at >= 0 && all[at]) all[at].setAttribute("aria-selected", "false");
    at = next < -1 ? all.length - 1 : next >= all.length ? -1 : next;
    if (at < 0) { box.removeAttribute("aria-activedescendant"); box.value = typed; return; }
    all[at].setAttribute("aria-selected", "true");
    all[at].scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", all[at].id);
    box.value = all[at].dataset.text;
  };
  if (box && list) {
    box.addEventListener("input", () => { typed = box.value; if (!typed.trim()) { list.replaceChildren(); close(); } });
    box.addEventListener("keydown", (event) => {
      if (event.isComposing || list.hidden) return;
      if (event.key === "ArrowDown") { event.preventDefault(); mark(at + 1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); mark(at - 1); }
      else if (event.key === "Escape") { event.preventDefault(); box.value = typed; close(); }
    });
    box.addEventListener("blur", () => setTimeout(close, 150));
    list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  // The assistant beside the page.
  const panel = one("#panel");
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-panel]");
    if (link && panel) panel.show();
    if (event.target.closest("[data-close]") && panel) { panel.close(); one("[data-panel]")?.focus(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel?.open) { panel.close(); one("[data-panel]")?.focus(); }
  });

  document.addEventListener("htmx:after:swap", (event) => {
    if (list?.children.length && document.activeElement === box && box.value.trim()) {
      list.hidden = false; at = -1; box.setAttribute("aria-expanded", "true");
    } else if (list && !list.children.length) close();
    const turns = one("#turns");
    if (turns?.children.length) {
      one(".starters")?.remove();
      turns.querySelectorAll("#last:not(:last-child)").forEach((turn) => turn.removeAttribute("id"));
      turns.lastElementChild.scrollIntoView({ block: "nearest" });
    }
    const say = one("#say");
    if (panel?.open && say && document.activeElement !== say && panel.contains(say)) say.focus();
  });
  document.addEventListener("htmx:after:request", (event) => {
    const form = event.target.closest?.("[data-clears]");
    if (form) form.reset();
  });
})();
