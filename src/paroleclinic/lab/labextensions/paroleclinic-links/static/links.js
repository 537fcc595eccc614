// A link of the course to a browser tab of its own begins at the server's root: /lab/tree/… On a hub JupyterLab is served below
// /user/NAME/. Such a link is led there when somebody points at it, comes to it with the keyboard or clicks it.
// JupyterLab loads this file as it stands: a container with one module, the extension.
const FROM = "/lab/tree/";
const BEFORE = ["mouseover", "focusin", "click"];

function leading(base) {
  return ({ target }) => {
    const link = target instanceof Element && target.closest(`a[href^="${FROM}"]`);
    if (link) link.setAttribute("href", base + link.getAttribute("href").slice(1));
  };
}

const plugin = {
  id: "paroleclinic-links:plugin",
  autoStart: true,
  activate() {
    const { baseUrl } = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
    const base = new URL(baseUrl ?? "/", location.origin).pathname.replace(/\/*$/, "/");
    if (base === "/") return;
    const lead = leading(base);
    for (const event of BEFORE) document.addEventListener(event, lead, { capture: true });
  },
};

window._JUPYTERLAB = window._JUPYTERLAB ?? {};
window._JUPYTERLAB["paroleclinic-links"] = { init: () => {}, get: async () => () => plugin };
