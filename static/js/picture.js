// iPhones put a downloaded picture among the files, where bank apps do not look; their share sheet has
// "Save Image". There a link with data-picture opens that sheet, everywhere else it downloads as it is.
const IPHONE = /iPhone|iPad|iPod/;

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-picture]");
  if (!link || !IPHONE.test(navigator.userAgent) || !navigator.canShare) return;
  event.preventDefault();
  try {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(answer.status);
    const file = new File([await answer.blob()], link.download, { type: "image/png" });
    if (!navigator.canShare({ files: [file] })) throw new Error("no files");
    await navigator.share({ files: [file] });
  } catch (error) {
    if (error.name !== "AbortError") location.href = link.href; // closing the sheet is no failure
  }
});
