// The card at the top of a page. It also looks after the text below: the first use of each word of the glossary opens
// its meaning, and what is too wide for a small screen can be scrolled by keyboard.
const PROSE = ".jp-RenderedMarkdown p, .jp-RenderedMarkdown li, .jp-RenderedMarkdown td";
const LEAVE = "a, button, code, pre, svg, h1, h2, h3, .pc-pop";
const SETTLED = 400; // milliseconds without a change: the page has been drawn
const READING = 3000; // milliseconds that a heading stands on the screen: its section is being read

function render({ model, el }) {
  begin(el);
  el.innerHTML = model.get("html");
  const trouble = make("p", { className: "pc-saved bad", role: "status" });
  el.append(trouble);
  for (const link of el.querySelectorAll("[data-lesson]")) point(link, el);
  const terms = new Map(model.get("terms").map((term) => [term.id, { ...term, used: false }]));
  const made = [];
  let waiting;
  let page;
  const watcher = new MutationObserver(() => later());
  const sizes = new ResizeObserver(() => later());
  const timers = new Map();
  const sections = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      clearTimeout(timers.get(target));
      if (isIntersecting) timers.set(target, setTimeout(() => read(target), READING));
    }
  });

  function read(heading) {
    sections.unobserve(heading);
    model.send({ do: "read", value: slugOf(heading.textContent) });
  }

  function follow() {
    for (const heading of page.querySelectorAll(".jp-RenderedMarkdown h2")) {
      if (heading.dataset.pcSection !== undefined) continue;
      heading.dataset.pcSection = "";
      sections.observe(heading);
    }
  }

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(mark, SETTLED);
  }

  function reach() {
    for (const text of page.querySelectorAll(".jp-RenderedHTMLCommon")) {
      if (text.scrollWidth > text.clientWidth) text.tabIndex = 0;
      else text.removeAttribute("tabindex");
    }
  }

  function mark() {
    watcher.disconnect();
    reach();
    follow();
    for (const block of page.querySelectorAll(PROSE)) {
      if (block.closest("[data-pc-terms]")) continue;
      block.dataset.pcTerms = "";
      const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
      const found = [];
      while (texts.nextNode()) if (!texts.currentNode.parentElement.closest(LEAVE)) found.push(texts.currentNode);
      for (const text of found) wrap(text);
    }
    watcher.observe(page, { childList: true, subtree: true });
  }

  function wrap(text) {
    const hits = [...terms.values()].filter((term) => !term.used).flatMap((term) => term.names.map((name) => find(term, name, text.data)));
    const [first] = hits.filter(Boolean).sort((a, b) => a.at - b.at || b.words.length - a.words.length);
    if (!first) return;
    first.term.used = true;
    const rest = text.splitText(first.at + first.words.length);
    text.splitText(first.at).replaceWith(button(first.term, first.words));
    wrap(rest);
  }

  function find(term, name, data) {
    const sign = name === name.toUpperCase() ? "u" : "iu"; // an acronym only in capitals
    const literal = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const hit = new RegExp(`(?<![\\p{L}\\p{N}-])${literal}(?![\\p{L}\\p{N}-])`, sign).exec(data);
    return hit && { term, at: hit.index, words: hit[0] };
  }

  function button(term, words) {
    const id = `pc-term-${Math.random().toString(36).slice(2)}`;
    const pop = Object.assign(document.createElement("div"), { id, className: "pc pc-pop", innerHTML: term.html });
    pop.setAttribute("popover", "auto");
    const node = Object.assign(document.createElement("span"), { className: "pc-term", tabIndex: 0, textContent: words }); // a span: it may break over two lines
    node.setAttribute("role", "button");
    node.setAttribute("aria-describedby", id);
    node.setAttribute("aria-expanded", "false");
    const open = () => {
      if (pop.matches(":popover-open")) return;
      pop.showPopover();
      const { left, bottom, top } = node.getBoundingClientRect();
      const below = bottom + pop.offsetHeight + 8 < window.innerHeight;
      pop.style.left = `${Math.max(8, Math.min(left, window.innerWidth - pop.offsetWidth - 8))}px`;
      pop.style.top = `${below ? bottom + 4 : Math.max(8, top - pop.offsetHeight - 4)}px`;
    };
    let pinned = false;
    let leaving;
    const leave = () => { leaving = setTimeout(() => pinned || pop.hidePopover(), 250); };
    const stay = () => clearTimeout(leaving);
    const pin = () => { pinned = true; stay(); open(); };
    node.addEventListener("click", pin);
    node.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pin(); }
    });
    node.addEventListener("mouseenter", () => { stay(); open(); });
    node.addEventListener("mouseleave", leave);
    pop.addEventListener("mouseenter", stay);
    pop.addEventListener("mouseleave", leave);
    pop.addEventListener("toggle", ({ newState }) => {
      node.setAttribute("aria-expanded", String(newState === "open"));
      if (newState === "closed") pinned = false;
    });
    node.dataset.lmSuppressShortcuts = "true";
    const holder = document.createElement("span");
    holder.className = "pc pc-inline";
    holder.append(node, pop);
    made.push(holder);
    return holder;
  }

  const hear = (message) => { trouble.textContent = message.trouble ?? ""; };
  model.on("msg:custom", hear);
  let stop = () => {};
  requestAnimationFrame(() => {
    page = around(el);
    model.send({ do: "opened" });
    stop = clocked(el, (seconds) => model.send({ do: "worked", value: seconds }));
    sizes.observe(page);
    later();
  });
  return () => {
    clearTimeout(waiting);
    stop();
    model.off("msg:custom", hear);
    for (const timer of timers.values()) clearTimeout(timer);
    sections.disconnect();
    watcher.disconnect();
    sizes.disconnect();
    for (const holder of made) holder.replaceWith(holder.firstChild.textContent);
    for (const block of (page ?? document).querySelectorAll("[data-pc-terms]")) delete block.dataset.pcTerms;
  };
}

export default { render };
