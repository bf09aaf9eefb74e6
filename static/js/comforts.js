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
  /* The beginning of a colleague's name brings up addresses. The browser's own list shows them. */
  let waiting;
  const suggest = async (field) => {
    const typed = field.value.trim();
    if (typed.length < 2) return;
    const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(typed)}`).catch(() => null);
    if (!answer?.ok || field.value.trim() !== typed) return;
    const { found } = await answer.json();
    if (!field.list) {
      const list = document.createElement("datalist");
      list.id = `${field.id}_found`;
      field.after(list);
      field.setAttribute("list", list.id);
    }
    field.list.replaceChildren(...found.map(({ value, words }) => Object.assign(document.createElement("option"), { value, label: words })));
  };
  document.addEventListener("input", ({ target }) => {
    if (!target.dataset?.suggest) return;
    clearTimeout(waiting);
    waiting = setTimeout(suggest, 150, target);
  });
  /* A long list of choices can be typed into, with suggestions; the select stays and keeps the answer. */
  const NOT_LISTED = "Choose one of the list, or leave it empty.";
  document.querySelectorAll("select[data-find]").forEach((select) => {
    const choices = [...select.options].filter((choice) => choice.value);
    const list = Object.assign(document.createElement("datalist"), { id: `${select.id}_choices` });
    list.append(...choices.map((choice) => Object.assign(document.createElement("option"), { value: choice.text })));
    const input = Object.assign(document.createElement("input"), { type: "text", id: select.id, className: "form-control", autocomplete: "off" });
    for (const name of ["aria-describedby", "aria-invalid"]) if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    input.setAttribute("list", list.id);
    input.placeholder = select.options[0].value ? "" : select.options[0].text;
    input.value = select.value ? select.selectedOptions[0].text : "";
    input.classList.toggle("is-invalid", select.classList.contains("is-invalid"));
    input.addEventListener("input", () => {
      const typed = input.value.trim().toLowerCase();
      const chosen = choices.find((choice) => choice.text.toLowerCase() === typed);
      select.value = chosen?.value ?? "";
      input.setCustomValidity(typed && !chosen ? NOT_LISTED : "");
    });
    select.form?.addEventListener("submit", (event) => { if (!input.reportValidity()) event.preventDefault(); });
    select.removeAttribute("id");
    select.hidden = true;
    select.after(input, list);
  });
  /* What is typed into a survey stays in this tab until it is sent. It is never put anywhere else. */
  const KEPT = "upwell-survey-";
  const survey = document.querySelector("form[data-keeps]");
  const kept = (name, value) => {
    try {
      if (value === undefined) return JSON.parse(sessionStorage.getItem(KEPT + name)) ?? {};
      if (value) sessionStorage.setItem(KEPT + name, JSON.stringify(value));
      else sessionStorage.removeItem(KEPT + name);
    } catch { /* A browser that keeps nothing is one that keeps nothing. */ }
    return {};
  };
  const typedIn = (form) => {
    const said = {};
    for (const [name, value] of new FormData(form)) if (/^q\d/.test(name) && value) (said[name] ??= []).push(value);
    return said;
  };
  if (survey) {
    const name = survey.dataset.keeps;
    const isFresh = !Object.keys(typedIn(survey)).length;
    if (isFresh) {
      for (const [field, values] of Object.entries(kept(name))) {
        const there = [...survey.elements].filter((each) => each.name === field);
        if (!there.length) {
          survey.append(...values.map((value) => Object.assign(document.createElement("input"), { type: "hidden", name: field, value })));
        }
        for (const each of there) {
          if (each.type === "radio" || each.type === "checkbox") each.checked = values.includes(each.value);
          else each.value = values[0];
          each.dispatchEvent(new Event("input", { bubbles: true }));
        }
      }
    }
    const keep = () => kept(name, typedIn(survey));
    survey.addEventListener("input", keep);
    survey.addEventListener("reset", () => setTimeout(keep));
    if (!isFresh) keep();
  }
  const forgets = document.querySelector("[data-forgets]");
  if (forgets) kept(forgets.dataset.forgets, null);
  if (document.querySelector("[data-forgets-all]")) {
    try {
      Object.keys(sessionStorage).filter((each) => each.startsWith(KEPT)).forEach((each) => sessionStorage.removeItem(each));
    } catch { /* Nothing is kept. */ }
  }
  /* Escape, or a click elsewhere, closes the menu in the head. */
  const closeMenus = (except) => document.querySelectorAll(".uw-me[open]").forEach((menu) => { if (!menu.contains(except)) menu.open = false; });
  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.activeElement?.closest(".uw-me[open]")?.querySelector("summary").focus();
    closeMenus(null);
  });
})();
