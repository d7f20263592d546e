// The order of what the search finds. Sphinx takes this object in place of its own, whose numbers these are.
var Scorer = {
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,

  // A heading that says what was asked for comes first, and a list that is read from the code last.
  score: ([docname, , , , score, , kind]) =>
    score + (kind === "title" ? 30 : 0) - (docname.startsWith("code-") ? 10 : 0),
};
