// The page's socket: frames from the server, and coming back after it was away.

const SHORTEST = 300;
const LONGEST = 8_000;

/** Follow the server for as long as the page lives. */
export function follow(store) {
  let wait = SHORTEST;

  function connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/page/socket`);
    socket.addEventListener("open", () => {
      wait = SHORTEST;
      store.setLink("open");
    });
    socket.addEventListener("message", (event) => store.apply(JSON.parse(event.data)));
    socket.addEventListener("close", () => {
      store.setLink("lost");
      // A random part keeps several open pages from knocking at the same moment.
      setTimeout(connect, wait * (0.7 + Math.random() * 0.6));
      wait = Math.min(wait * 1.8, LONGEST);
    });
  }

  connect();
}
