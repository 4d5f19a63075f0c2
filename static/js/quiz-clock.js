// Time left by the server's clock. The clock of the device only measures how long the page has
// been open, so a clock that is wrong by a day changes nothing; every save sets it right again.
// The office may give more time while the page is open: what the server says later counts.

const WARNINGS = [
  [300, "5 minutes left."],
  [60, "1 minute left."],
];
const NEWS_FOR = 60000;

export class Clock {
  // `beforeEnd`: what is to be tried before time is called up; may lengthen it.
  constructor(element, { onEnd, beforeEnd = () => this.look() }) {
    this.left = element.querySelector("[data-timer-left]");
    this.voice = document.querySelector("[data-timer-voice]");
    this.element = element;
    this.onEnd = onEnd;
    this.beforeEnd = beforeEnd;
    this.news = element.querySelector("[data-timer-news]");
    this.until = element.querySelector("[data-timer-until]");
    this.deadline = Number(element.dataset.deadline);
    this.sync(Number(element.dataset.serverNow));
    this.start();
  }

  start() {
    clearInterval(this.ticking);
    // A warning that was due before is not said now.
    this.pending = WARNINGS.filter(([seconds]) => this.seconds() > seconds);
    this.ticking = setInterval(() => this.tick(), 1000);
    this.tick();
  }

  // Deadlines only move later; an answer that was long under way tells of an earlier one.
  lengthen(deadline, until) {
    if (!(deadline > this.deadline)) return;
    const minutes = Math.max(1, Math.floor((deadline - this.deadline) / 60000));
    this.deadline = deadline;
    this.until.textContent = `left, until ${until}`;
    this.news.textContent = `The office gave you more time: ${minutes} ${minutes === 1 ? "minute" : "minutes"}, until ${until}.`;
    // The line above it stays; a second one for ever would cover what scrolls under the clock.
    clearTimeout(this.forgetting);
    this.forgetting = setTimeout(() => { this.news.textContent = ""; }, NEWS_FOR);
    this.start();
  }

  // Whoever only reads saves nothing, and so hears of no new deadline: this page is asked again.
  async look() {
    try {
      const answer = await fetch(location.pathname, {
        credentials: "same-origin",
        signal: AbortSignal.timeout(3000),
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const timer = page.querySelector("[data-timer]");
      if (!timer || new URL(answer.url).pathname !== location.pathname) return;
      this.sync(Number(timer.dataset.serverNow));
      this.lengthen(Number(timer.dataset.deadline), timer.dataset.until);
    } catch {
      // No connection: the deadline that is known counts.
    }
  }

  sync(serverNow) {
    this.serverNow = serverNow;
    this.readAt = performance.now();
    this.dateAt = Date.now();
  }

  seconds() {
    // Some browsers stop performance.now() while the machine sleeps; the date does not stop.
    const passed = Math.max(performance.now() - this.readAt, Date.now() - this.dateAt);
    return (this.deadline - this.serverNow - passed) / 1000;
  }

  tick() {
    const seconds = this.seconds();
    const shown = Math.max(0, Math.ceil(seconds));
    const hours = Math.floor(shown / 3600);
    const minutes = Math.floor((shown % 3600) / 60);
    const rest = String(shown % 60).padStart(2, "0");
    this.left.textContent = hours
      ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}`
      : `${minutes}:${rest}`;
    this.element.classList.toggle("is-short", seconds <= 300);
    while (this.pending.length && seconds <= this.pending[0][0]) {
      const [, words] = this.pending.shift();
      if (this.voice) this.voice.textContent = words;
      if (seconds > 0) this.look();
    }
    if (seconds <= 0) this.end();
  }

  async end() {
    clearInterval(this.ticking);
    await this.beforeEnd();
    if (this.seconds() > 0) return this.start();
    if (this.voice) this.voice.textContent = "Time is up.";
    return this.onEnd(this.seconds());
  }
}
