// What the theme leaves to do for screen readers and keyboards.
const improve = () => {
  // A landmark has to have a name of its own; copy buttons and folded parts of a navigation are none.
  for (const nav of document.querySelectorAll("nav nav:not([role]), nav.md-code__nav:not([role])")) {
    nav.setAttribute("role", "none");
  }
  for (const nav of document.querySelectorAll("nav[role=none]")) {
    for (const name of ["aria-label", "aria-labelledby", "aria-expanded"]) nav.removeAttribute(name);
  }
  // Whatever scrolls sideways can be reached by the keyboard.
  for (const table of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex]), .output:not([tabindex])")) {
    table.tabIndex = 0;
  }
};
// A page outside of all sections shows that for readers open.
const readers = document.getElementById("__nav_2");
if (readers && !document.querySelector(".md-nav__item--section.md-nav__item--active, .md-nav__item--nested.md-nav__item--active")) {
  readers.checked = true;
}
improve();
new MutationObserver(improve).observe(document.documentElement, {
  attributeFilter: ["aria-expanded"],
  childList: true,
  subtree: true,
});
