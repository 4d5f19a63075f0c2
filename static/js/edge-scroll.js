// Scrolls the page while something is held near its upper or lower edge, so that what is dragged
// reaches places outside the window. Call `at(y)` for each move of the pointer and `stop()` at the
// end; `onScroll` is told after each step.

const EDGE = 72;
// A drag that only begins near the edge goes on without scrolling.
const WAIT = 150;
const PER_SECOND = 600;
// Without motion the page jumps by a part of the window, and stands still in between.
const JUMP = 0.4;
const EVERY = 700;

export class EdgeScroll {
  constructor(onScroll) {
    this.onScroll = onScroll;
    this.way = 0;
  }

  at(y) {
    const way = y < EDGE ? -1 : Number(y > innerHeight - EDGE);
    if (way === this.way) return;
    this.stop();
    this.way = way;
    if (!way) return;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.timer = setInterval(() => this.scroll(innerHeight * JUMP), EVERY);
    } else {
      this.timer = setTimeout(() => this.glide(performance.now()), WAIT);
    }
  }

  glide(before) {
    this.frame = requestAnimationFrame((now) => {
      this.scroll((PER_SECOND * Math.max(0, now - before)) / 1000);
      this.glide(now);
    });
  }

  scroll(pixels) {
    scrollBy({ top: this.way * pixels, behavior: "instant" });
    this.onScroll();
  }

  stop() {
    this.way = 0;
    clearTimeout(this.timer);
    clearInterval(this.timer);
    cancelAnimationFrame(this.frame);
  }
}
