// Under the pointer: the time since Spot was lost, and what runs. The charts are complete without it.
for (const plot of document.querySelectorAll(".plot")) {
  const { begin, end, zero, left, right, width, labels, points } = JSON.parse(plot.dataset.chart);
  const svg = plot.querySelector("svg"), cursor = plot.querySelector(".cursor"), tip = plot.querySelector(".tip");
  plot.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const x = Math.min(Math.max((event.clientX - box.left) / box.width * width, left), width - right);
    const at = begin + (x - left) / (width - left - right) * (end - begin);
    const point = points.findLast((candidate) => candidate[0] <= at) || points[0];
    const since = Math.round(Math.abs(at - zero)), sign = at < zero ? "\u2212" : "+";
    const clock = `${sign}${Math.floor(since / 60)}:${String(since % 60).padStart(2, "0")}`;
    const told = labels.map((label, position) => `${point[position + 2]} ${label}`).join(", ");
    tip.textContent = `${clock}   ${told}, ${point[1]} desired`;
    cursor.setAttribute("x1", x); cursor.setAttribute("x2", x);
    tip.style.display = "block"; cursor.style.visibility = "visible";
    const pixels = x / width * box.width;
    tip.style.left = `${pixels > box.width / 2 ? pixels - tip.offsetWidth - 10 : pixels + 10}px`;
  });
  plot.addEventListener("pointerleave", () => {
    tip.style.display = "none"; cursor.style.visibility = "hidden";
  });
}
