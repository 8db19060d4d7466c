// Opened from disk (file://), Chromium starts no workers. The search then runs in a hidden frame instead.
class FrameWorker {
  constructor(address) {
    this.frame = document.createElement("iframe");
    Object.assign(this.frame, { hidden: true, srcdoc: "<!doctype html>", title: "Search" });
    this.ready = new Promise((resolve) => {
      this.frame.addEventListener("load", () => {
        const inside = this.frame.contentWindow;
        inside.postMessage = (data) => setTimeout(() => this.onmessage?.({ data }));
        const script = inside.document.createElement("script");
        Object.assign(script, { src: address, onload: () => resolve(inside) });
        script.addEventListener("error", () => this.onerror?.());
        inside.document.head.append(script);
      }, { once: true });
    });
    document.body.append(this.frame);
  }

  // A worker gets a copy: the search changes what it is given, and the field shows the original.
  postMessage(original) {
    const data = structuredClone(original);
    this.ready.then((inside) => inside.onmessage({ data }));
  }

  terminate() {
    this.frame.remove();
  }
}

// Guides come before modules, in which almost every word is a name. The search gives ten hits, and then the rest.
const [SETUP, QUERY, RESULT] = [0, 2, 3], SHOWN = 50;
window.Worker = class extends (location.protocol === "file:" ? FrameWorker : window.Worker) {
  asked = [];

  postMessage(message, hits = []) {
    if (message.type === SETUP) this.items = message.data.items;
    if (message.type === QUERY) this.asked.push({ message, hits });
    super.postMessage(message);
  }

  set onmessage(handle) {
    super.onmessage = handle && (({ data }) => {
      if (data.type !== RESULT) return handle({ data });
      const { message, hits } = this.asked.shift(), { items, pagination } = data.data, all = [...hits, ...items];
      if (this.asked.length) return;  // something else has been typed
      if (pagination.next && !hits.length) {
        const page = { ...pagination.next, size: pagination.total };
        this.postMessage({ ...message, data: { ...message.data, page } }, all);
        return;
      }
      const shown = all.sort((a, b) => this.isModule(a) - this.isModule(b)).slice(0, SHOWN);
      handle({ data: { ...data, data: { ...data.data, items: shown, pagination: { total: pagination.total } } } });
    });
  }

  isModule({ id }) {
    return Number(this.items[id].path?.[0] === "Modules");
  }
};
