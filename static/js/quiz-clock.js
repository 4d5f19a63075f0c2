// Time left by the server's clock. The clock of the device only measures how long the page has
// been open, so a clock that is wrong by a day changes nothing; every save sets it right again.

const WARNINGS = [
  [300, "5 minutes left."],
  [60, "1 minute left."],
];

export class Clock {
  constructor(element, { onEnd }) {
    this.left = element.querySelector("[data-timer-left]");
    this.voice = document.querySelector("[data-timer-voice]");
    this.element = element;
    this.onEnd = onEnd;
    this.deadline = Number(element.dataset.deadline);
    this.sync(Number(element.dataset.serverNow));
    // A warning that was due before the page was opened is not said now.
    this.pending = WARNINGS.filter(([seconds]) => this.seconds() > seconds);
    this.ticking = setInterval(() => this.tick(), 1000);
    this.tick();
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
    }
    if (seconds <= 0) {
      clearInterval(this.ticking);
      if (this.voice) this.voice.textContent = "Time is up.";
      this.onEnd(seconds);
    }
  }
}
