// Where the reader is: who they act as, which channel, thread and tab. The address line follows,
// so a reload (or a picture) comes back to the same place, and Back to the one before.

export class Place {
  #store;

  constructor(store, query) {
    this.#store = store;
    this.#read(query);
    window.addEventListener("popstate", () => {
      this.#read(new URLSearchParams(location.search));
      this.settle();
      store.emit("place", this);
    });
  }

  #read(query) {
    this.me = query.get("as") ?? "U0ANN";
    this.channel = query.get("channel") ?? "C0HELP";
    this.thread = query.get("thread");
    this.tab = query.get("tab") === "home" ? "home" : "messages";
    this.inspector = query.get("inspector") === "1";
  }

  /** Come to terms with what the server knows: unknown people, channels, threads give way. */
  settle() {
    this.#adjust();
    history.replaceState(null, "", this.#address());
  }

  #adjust() {
    const store = this.#store;
    const people = [...store.users.values()].filter((user) => !user.is_bot);
    if (!people.some((user) => user.id === this.me)) this.me = people[0]?.id ?? this.me;
    const channels = store.channelsOf(this.me);
    if (!channels.some((channel) => channel.id === this.channel)) {
      this.channel = (channels.find((channel) => channel.id === "C0HELP") ?? channels[0])?.id;
      this.thread = null;
    }
    if (!store.isWithBot(store.channel(this.channel))) this.tab = "messages";
    if (!store.conversation(this.channel, this.thread, this.me).length) this.thread = null;
  }

  actAs(user) {
    const wasWithBot = this.#store.isWithBot(this.#store.channel(this.channel));
    this.me = user;
    if (wasWithBot) {
      this.channel = this.#store.botChannel(user)?.id ?? this.channel;
      this.thread = null;
    }
    this.#adjust();
    this.#moved();
  }

  goTo(channel) {
    if (!this.#store.channel(channel)) return;
    const isElsewhere = channel !== this.channel;
    this.channel = channel;
    if (isElsewhere) this.thread = null;
    this.tab = "messages";
    this.#moved();
  }

  openThread(thread) {
    this.thread = thread;
    this.tab = "messages";
    this.#moved();
  }

  closeThread() {
    this.thread = null;
    this.#moved();
  }

  showTab(tab) {
    this.tab = tab;
    this.#moved();
  }

  toggleInspector(isOpen = !this.inspector) {
    this.inspector = isOpen;
    this.#moved();
  }

  #moved() {
    const address = this.#address();
    if (address !== location.search) history.pushState(null, "", address);
    this.#store.emit("place", this);
  }

  #address() {
    const query = new URLSearchParams(location.search);
    const wanted = { as: this.me, channel: this.channel, thread: this.thread };
    wanted.tab = this.tab === "home" ? "home" : null;
    wanted.inspector = this.inspector ? "1" : null;
    for (const [name, value] of Object.entries(wanted)) {
      if (value) query.set(name, value);
      else query.delete(name);
    }
    return `?${query}`;
  }
}
