/** Takes what the page has just said out of its address: a bookmark or a reload need not say it again. */

const address = new URL(location.href);
if (address.searchParams.has("note")) {
  address.searchParams.delete("note");
  history.replaceState(history.state, "", address);
}
