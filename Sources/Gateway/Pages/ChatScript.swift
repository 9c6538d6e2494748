import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Web

/// The script of the chat page: it sends the form without leaving the page, and shows words as they come.
enum ChatScript {
    static let path = "/chat.js"

    static let endpoint = Endpoint.page(.get, path, "The chat's script") { _ in
        Response(
            status: .ok,
            headers: [.contentType: "text/javascript; charset=utf-8", .cacheControl: "public, max-age=300"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: Self.text))
        )
    }

    private static let text = """
        const form = document.getElementById("ask");
        const list = document.getElementById("said");
        const stop = document.getElementById("stop");
        let running = null;

        function add(role, title) {
          const empty = list.querySelector(".empty");
          if (empty) empty.remove();
          const part = document.createElement("div");
          part.className = "said said-" + role;
          const head = document.createElement("h2");
          head.textContent = title;
          const text = document.createElement("div");
          part.append(head, text);
          list.append(part);
          return text;
        }

        function take(line, text) {
          if (line.startsWith(": tool ")) {
            if (!text.textContent) text.parentElement.remove();
            add("tool", form.dataset.tool).textContent = line.slice(7);
            return add("assistant", form.dataset.agent);
          }
          if (!line.startsWith("data: ") || line === "data: [DONE]") return text;
          const value = JSON.parse(line.slice(6));
          if (value.error) { text.textContent += value.error.message; return text; }
          const delta = value.choices.length ? value.choices[0].delta.content : null;
          if (delta) text.textContent = (text.textContent + delta).trimStart();
          return text;
        }

        form.addEventListener("submit", async event => {
          event.preventDefault();
          const field = form.elements.message;
          if (!field.value.trim() || running) return;
          const body = new URLSearchParams(new FormData(form));
          body.set("stream", "1");
          add("user", form.dataset.you).textContent = field.value;
          field.value = "";
          let text = add("assistant", form.dataset.agent);
          running = new AbortController();
          stop.hidden = false;
          list.setAttribute("aria-busy", "true");
          try {
            const answer = await fetch(form.action, {method: "POST", body, signal: running.signal});
            if (!answer.ok || !answer.headers.get("content-type").startsWith("text/event-stream")) {
              text.textContent = form.dataset.failed;
            } else {
              const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
              let rest = "";
              for (;;) {
                const {done, value} = await reader.read();
                if (done) break;
                const lines = (rest + value).split("\\n");
                rest = lines.pop();
                for (const line of lines) text = take(line, text);
              }
            }
          } catch (error) {
            if (error.name !== "AbortError") text.textContent += " " + form.dataset.failed;
          }
          running = null;
          stop.hidden = true;
          list.removeAttribute("aria-busy");
        });
        stop.addEventListener("click", () => running && running.abort());
        form.elements.message.addEventListener("keydown", event => {
          if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
        });
        """
}
