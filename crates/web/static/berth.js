// Our one script. Every page works without it; with it pages move by themselves, texts can be
// copied with one touch, and a button that was pressed says so.
"use strict";

(() => {
  // Parts of a page that move: the server sends the part anew whenever it changes.
  const said = document.querySelector("[data-said]");
  const headline = (part) => part.querySelector("[data-headline]")?.textContent ?? "";

  const show = (part, html) => {
    const before = headline(part);
    const held = document.activeElement;
    const stops = () => [...part.querySelectorAll("a,button,input")];
    const place = part.contains(held) ? stops().indexOf(held) : -1;
    part.innerHTML = html;
    if (place >= 0) stops()[place]?.focus();
    if (said && headline(part) !== before) said.textContent = headline(part);
    ready(part);
  };

  const follow = (part) => {
    let source;
    let over = false;
    const open = () => {
      source = new EventSource(part.dataset.live);
      source.addEventListener("part", (event) => show(part, event.data));
      source.addEventListener("end", () => { over = true; source.close(); });
      source.addEventListener("error", () => {
        // The browser tries again by itself unless it was told not to; then a reload tells more.
        if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
      });
    };
    open();
    addEventListener("pagehide", () => source.close());
    // Nobody is asked for a page that nobody sees.
    document.addEventListener("visibilitychange", () => {
      if (over) return;
      source.close();
      if (!document.hidden) open();
    });
  };

  // Parts that are fetched again with their page: slower than events, and enough for a summary.
  const renew = (part) => setTimeout(async () => {
    // Nobody loses what they are about to choose.
    if (!document.hidden && !part.contains(document.activeElement)) {
      const answer = await fetch(location.href).catch(() => undefined);
      const page = new DOMParser().parseFromString((await answer?.text()) ?? "", "text/html");
      const found = page.querySelector(part.id ? `#${part.id}` : "main .stack");
      if (answer?.ok && found && found.innerHTML !== part.innerHTML) show(part, found.innerHTML);
      if (answer?.ok && !page.querySelector("[data-renew]")) return;
    }
    renew(part);
  }, part.dataset.renew * 1000);

  // Copying.
  const copy = async (button) => {
    const text = document.getElementById(button.dataset.copy)?.textContent ?? "";
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(document.getElementById(button.dataset.copy));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      document.execCommand("copy");
    }
    const before = button.innerHTML;
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.innerHTML = before; }, 1600);
  };

  const ready = (part) => {
    for (const button of part.querySelectorAll("[data-copy]")) button.hidden = false;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button);
  });

  // The price of what is chosen.
  document.addEventListener("change", (event) => {
    const { name, value, form } = event.target;
    if (name !== "memory" || !form) return;
    for (const bill of form.querySelectorAll("[data-bill]")) {
      bill.hidden = bill.dataset.bill !== value;
    }
  });

  // A code is looked at where it was typed: the server computes, and the page shows it in place.
  const priced = async (form) => {
    const chosen = [...new FormData(form)].filter(([name, value]) => {
      return ["memory", "os", "code"].includes(name) && value;
    });
    const url = new URL(form.querySelector("[data-price]").formAction);
    url.search = new URLSearchParams(chosen);
    const answer = await fetch(url).catch(() => undefined);
    const text = (await answer?.text()) ?? "";
    const found = new DOMParser().parseFromString(text, "text/html").querySelector("[data-priced]");
    if (!found) return location.assign(url);
    history.replaceState(null, "", url);
    return show(form.querySelector("[data-priced]"), found.innerHTML);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-price]");
    if (!button || event.defaultPrevented) return;
    event.preventDefault();
    priced(button.form);
  });
  // Enter in the field of the code asks for its price, and does not order.
  document.addEventListener("keydown", (event) => {
    const button = event.target.id === "code" && event.target.form?.querySelector("[data-price]");
    if (event.key !== "Enter" || !button) return;
    event.preventDefault();
    priced(button.form);
  });

  // What was left empty need not stand in the address of a search.
  document.addEventListener("formdata", (event) => {
    if (event.target.method !== "get") return;
    for (const [name, value] of [...event.formData]) {
      if (value === "") event.formData.delete(name);
    }
  });

  // Lists by the keyboard: / goes to what one looks for, j and k down and up the rows.
  const typing = (at) => at.closest("input,textarea,select,[contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const field = event.key === "/" && document.querySelector("[data-slash]");
    if (field) {
      event.preventDefault();
      field.select();
      field.focus();
    }
    const step = { j: 1, k: -1 }[event.key];
    const rows = step ? [...document.querySelectorAll("[data-row]")] : [];
    if (rows.length === 0) return;
    const next = rows.indexOf(document.activeElement) + step;
    rows[Math.min(Math.max(next, 0), rows.length - 1)].focus();
  });

  // A form is sent once.
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target.dataset.sent) return event.preventDefault();
    if ((button?.formMethod || event.target.method) !== "post") return undefined;
    event.target.dataset.sent = "yes";
    if (button?.dataset.busy) {
      button.setAttribute("aria-busy", "true");
      button.textContent = button.dataset.busy;
    }
    return undefined;
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  ready(document);
  for (const part of document.querySelectorAll("[data-live]")) follow(part);
  for (const part of document.querySelectorAll("[data-renew]")) renew(part);
})();
