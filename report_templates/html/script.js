"use strict";
(() => {
  const form = document.getElementById("filter");
  const findings = [...document.querySelectorAll("article.finding")];
  const areas = [...document.querySelectorAll("section.area")];
  const shown = form.elements.shown;
  const places = findings.map((finding) => finding.closest("section.area"));
  const brief = findings.length > 1000;
  let texts = null;

  // The text of a finding is read once: of few findings all of it, of many what heads it.
  const text = (finding) =>
    brief ? [...finding.children].slice(0, 4).map((part) => part.textContent).join(" ") : finding.textContent;
  const read = () => { texts ??= findings.map((finding) => text(finding).toLowerCase()); };
  const holds = (index, words) => {
    read();
    return words.every((word) => texts[index].includes(word));
  };

  const apply = () => {
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const severity = form.elements.severity.value;
    const account = form.elements.account ? form.elements.account.value : "";
    const verdicts = new Set([...form.querySelectorAll("[name=verdict]:checked")].map((box) => box.value));
    const there = new Set();
    let count = 0;
    findings.forEach((finding, index) => {
      const { verdict, severity: own, account: owner } = finding.dataset;
      const fits = verdicts.has(verdict) && (!severity || own === severity) && (!account || owner === account)
        && (!words.length || holds(index, words));
      if (finding.hidden === fits) finding.hidden = !fits;
      if (fits) there.add(places[index]);
      count += fits;
    });
    areas.forEach((area) => { area.hidden = !there.has(area); });
    shown.value = `${count} of ${shown.dataset.all} shown`;
  };

  // A link to a finding that is filtered away brings it back.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target || !target.matches("article.finding")) return;
    if (target.hidden) { form.reset(); apply(); }
    target.querySelector("details.more").open = true;
    target.scrollIntoView();
  };

  const copy = async (text, button) => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(button.previousElementSibling);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  };

  document.querySelectorAll(".command").forEach((block) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", () => copy(block.querySelector("code").textContent, button));
    block.append(button);
  });

  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach((each) => { each.open = true; });
  });
  addEventListener("afterprint", () => folded.forEach((each) => { each.open = false; }));
  addEventListener("hashchange", reveal);
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  apply();
  if (brief) (window.requestIdleCallback ?? setTimeout)(read);
  reveal();
})();
