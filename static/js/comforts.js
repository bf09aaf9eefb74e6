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
})();
