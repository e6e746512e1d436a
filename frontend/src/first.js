// A page of which a part has not come says so: what would say it may be that part.
addEventListener("error", ({ target }) => {
  const broken = document.querySelector("[data-part=broken]");
  if (target instanceof HTMLScriptElement && broken instanceof HTMLElement) broken.hidden = false;
}, true);

// Before the first paint, or the page would flash in the other colours; modules run only after it.
try {
  const { theme } = JSON.parse(localStorage.getItem("digits-choices") ?? "{}");
  if (theme === "light" || theme === "dark") {
    for (const themed of document.querySelectorAll("[data-theme]")) {
      themed.setAttribute("media", themed.getAttribute("data-theme") === theme ? "all" : "not all");
    }
  }
} catch {
  // Nothing is remembered: the colours are as the system has them.
}
