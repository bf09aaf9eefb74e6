/* Small comforts. Every page works without them. */
(() => {
  "use strict";
  /* A refused form takes the reader to its summary of errors. */
  const goToErrors = () => document.querySelector("[data-takes-focus]")?.focus();
  goToErrors();
  document.addEventListener("htmx:afterSwap", goToErrors);
  /* The counter under a text follows the typing. A line break counts as one character. */
  document.addEventListener("input", (event) => {
    const limit = event.target.dataset?.limit;
    const counter = limit && document.getElementById(`${event.target.id}_counter`);
    if (counter) counter.textContent = `${event.target.value.length} of ${limit} characters`;
  });
  /* Escape, or a click elsewhere, closes the menu in the head. */
  const closeMenus = (except) => document.querySelectorAll(".uw-me[open]").forEach((menu) => { if (!menu.contains(except)) menu.open = false; });
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.activeElement?.closest(".uw-me[open]")?.querySelector("summary").focus();
    closeMenus(null);
  });
})();
