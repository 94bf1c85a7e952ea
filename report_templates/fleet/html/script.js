"use strict";
(() => {
  const form = document.getElementById("filter");
  const list = document.querySelector(".rows");
  const rows = [...list.children];
  const places = new Map(rows.map((row, index) => [row, index]));
  const fields = form.elements;
  const shown = fields.shown;
  const heads = [...document.querySelectorAll(".head")];
  const at = document.querySelector(".columns .at");
  // A cell that is a digit says at which link the chain breaks; the options stand in the same order.
  const links = [...fields.link.options].slice(1).map((option) => option.text.toLowerCase());
  const digits = new Map([...fields.link.options].slice(1).map((option, place) => [option.value, String(place)]));
  const words = new Map([...form.querySelectorAll("[name=verdict]")].map((box) => [box.value, box.parentElement.textContent.trim()]));
  const urgency = "fuwpn";
  const verdictOf = (sign) => (sign >= "0" && sign <= "9" ? "f" : sign === "." ? "" : sign ?? "");

  // What a row says is read once.
  let known = null;
  const read = () => {
    known ??= rows.map((row) => {
      const signs = (row.querySelector(".heat")?.textContent ?? "").replaceAll(" ", "");
      const verdicts = [...signs].map(verdictOf);
      return { text: row.querySelector(".who").textContent.toLowerCase(), signs, verdicts,
        worst: [...urgency].find((each) => verdicts.includes(each)) ?? "" };
    });
    return known;
  };

  const apply = () => {
    const asked = fields.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set([...form.querySelectorAll("[name=verdict]:checked")].map((box) => box.value));
    const place = fields.check.value;
    const broken = digits.get(fields.link.value);
    let count = 0;
    read().forEach(({ text, signs, verdicts, worst }, index) => {
      const fits = wanted.has(place === "" ? worst : verdicts[place] ?? "")
        && (broken === undefined || (place === "" ? signs.includes(broken) : signs[place] === broken))
        && asked.every((word) => text.includes(word));
      if (rows[index].hidden === fits) rows[index].hidden = !fits;
      count += fits;
    });
    shown.value = `${count.toLocaleString("en")} of ${Number(shown.dataset.all).toLocaleString("en")} accounts shown`;
  };

  const nameOf = (row) => row.querySelector(".who").firstElementChild.textContent;
  const idOf = (row) => row.querySelector(".who code").textContent;
  const unitOf = (row) => row.querySelector(".who > bdi")?.textContent ?? "";
  const collator = new Intl.Collator("en", { numeric: true });
  const keys = {
    best: (row) => { const points = row.querySelector(".points"); return points ? String(100 - points.textContent) : "999"; },
    name: nameOf, id: idOf, unit: unitOf,
  };
  let ordered = "";
  const sort = () => {
    const by = fields.by.value;
    if (by === ordered) return;
    ordered = by;
    const next = by === "" ? rows
      : rows.map((row, index) => ({ row, index, key: keys[by](row) }))
        .sort((one, other) => collator.compare(one.key, other.key) || one.index - other.index).map(({ row }) => row);
    list.replaceChildren(...next);
  };

  const said = (row, place) => {
    const sign = read()[places.get(row)].signs[place];
    const verdict = verdictOf(sign);
    const broken = verdict === "f" && sign !== "f" ? `, the chain breaks at the ${links[sign]}` : "";
    return `${words.get(verdict)}${broken}`;
  };

  // The cell under the pointer: what it stands for, in the head of the map and as the cell's own tip.
  let here = null;
  list.addEventListener("pointermove", (event) => {
    const run = event.target.closest(".heat i");
    here?.classList.remove("is-here");
    here = null;
    if (!run) { at.textContent = ""; return; }
    let place = Math.floor(event.offsetX / (run.offsetWidth / run.textContent.length));
    for (let each = run.previousElementSibling; each; each = each.previousElementSibling) place += each.textContent.length;
    here = heads[place];
    if (!here) return;
    here.classList.add("is-here");
    run.title = `${here.title}: ${said(run.closest("li"), place)}`;
    at.textContent = run.title;
  });
  list.addEventListener("pointerleave", () => { here?.classList.remove("is-here"); at.textContent = ""; });

  // A row that is opened says each check that wants looking at by its name.
  list.addEventListener("toggle", (event) => {
    const told = event.target.querySelector(":scope > p");
    if (!event.target.open || !told) return;
    const row = event.target.closest("li");
    const { verdicts } = read()[places.get(row)];
    const found = document.createElement("ul");
    found.className = "opened";
    [..."fuw"].forEach((verdict) => verdicts.forEach((each, place) => {
      if (each !== verdict) return;
      const item = document.createElement("li");
      const mark = document.createElement("span");
      mark.className = "badge is-" + { f: "fail", u: "unknown", w: "waived" }[each];
      mark.textContent = words.get(each);
      item.append(mark, ` ${heads[place].title}`, said(row, place).slice(words.get(each).length));
      found.append(item);
    }));
    if (found.children.length) told.before(found);
    told.textContent = told.textContent.split(". ").at(-1);
  }, true);

  // A number among the controls, or a chain, leads to its accounts.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-verdict]");
    if (!link) return;
    form.reset();
    setTimeout(() => {
      fields.check.value = link.dataset.place ?? link.closest("[data-place]")?.dataset.place ?? "";
      fields.link.value = link.dataset.link ?? "";
      form.querySelectorAll("[name=verdict]").forEach((box) => { box.checked = box.value === link.dataset.verdict[0]; });
      sort();
      apply();
    });
  });

  // A link to an account that is filtered away brings it back.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.parentElement !== list) return;
    if (target.hidden) { form.reset(); apply(); }
    target.scrollIntoView({ block: "center" });
  };

  const order = document.getElementById("order");
  const table = document.querySelector(".controls tbody");
  const controls = [...table.rows];
  order.addEventListener("input", () => table.append(...(order.elements.by.value === "worst" ? controls
    : [...controls].sort((one, other) => one.dataset.place - other.dataset.place))));
  order.addEventListener("submit", (event) => event.preventDefault());
  order.hidden = false;

  form.addEventListener("input", () => { sort(); apply(); });
  form.addEventListener("reset", () => setTimeout(() => { sort(); apply(); }));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", reveal);
  form.hidden = false;
  shown.value = `${Number(shown.dataset.all).toLocaleString("en")} accounts`;
  (window.requestIdleCallback ?? setTimeout)(read);
  reveal();
})();
