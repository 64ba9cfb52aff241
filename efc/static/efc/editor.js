/* A toolbar and a preview over Markdown text areas. Without this file they stay text areas. */
const ICONS = [
  ["B", "Bold", "**", "**"],
  ["I", "Italic", "*", "*"],
  ["H", "Heading", "\n## ", "\n"],
  ["•", "List", "\n- ", ""],
  ["1.", "Numbered list", "\n1. ", ""],
  ["❝", "Quotation", "\n> ", ""],
  ["↗", "Link", "[", "](https://)"],
];

const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

function surround(area, before, after) {
  const start = area.selectionStart, end = area.selectionEnd, chosen = area.value.slice(start, end);
  const atLineStart = start === 0 || area.value[start - 1] === "\n";
  const opening = atLineStart ? before.replace(/^\n/, "") : before;
  area.setRangeText(opening + chosen + after, start, end, "end");
  if (!chosen) area.selectionStart = area.selectionEnd = start + opening.length;
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

async function show(area, pane) {
  const body = new FormData();
  body.set("text", area.value);
  body.set("csrfmiddlewaretoken", area.form.elements.csrfmiddlewaretoken.value);
  try {
    const answer = await fetch(area.dataset.preview, { method: "POST", body });
    if (!answer.ok) throw new Error(answer.status);
    pane.innerHTML = await answer.text(); // rendered and cleaned by the portal
  } catch {
    pane.textContent = "The preview cannot be shown now. Save, and choose “View on site”.";
  }
}

addEventListener("DOMContentLoaded", () => {
  for (const area of document.querySelectorAll("textarea.markdown")) {
    const name = document.querySelector(`label[for="${area.id}"]`)?.textContent.trim().replace(/:$/, "") ?? "";
    const bar = make("div", { className: "editor-bar" });
    bar.setAttribute("role", "toolbar");
    bar.setAttribute("aria-label", `Format: ${name}`);
    for (const [sign, label, before, after] of ICONS) {
      const button = make("button", { type: "button", title: label }, sign);
      button.setAttribute("aria-label", label);
      button.addEventListener("click", () => surround(area, before, after));
      bar.append(button);
    }
    const pane = make("div", { className: "editor-preview", hidden: true });
    pane.setAttribute("role", "region");
    pane.setAttribute("aria-label", `Preview: ${name}`);
    pane.tabIndex = 0;
    const toggle = make("button", { type: "button", className: "editor-toggle" }, "Preview");
    toggle.setAttribute("aria-pressed", "false");
    toggle.addEventListener("click", async () => {
      const open = pane.hidden;
      if (open) await show(area, pane);
      pane.hidden = !open;
      area.hidden = open;
      toggle.setAttribute("aria-pressed", open);
    });
    bar.append(toggle);
    area.before(make("div", { className: "editor" }, bar, pane));
    area.previousElementSibling.append(area);
  }
});
