// Opens the guides in the list of pages, for who has not decided otherwise; TypeDoc keeps what is open under these keys.
for (const group of ["Start here", "Guides", "Look up"]) {
  const key = `tsd-accordion-${group}`;
  try {
    if (localStorage.getItem(key) === null) localStorage.setItem(key, "true");
  } catch {
    // There is no storage: they stay closed.
  }
}
