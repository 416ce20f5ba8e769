"use strict";
/* The first script of the page: it unpacks the others. */

/**
 * Unpack the text of an inert element: base64 of gzip (RFC 1952) of UTF-8.
 * @param {string} id
 * @returns {Promise<string>}
 */
function unpack(id) {
  const packed = atob((document.getElementById(id)?.textContent ?? "").trim());
  const bytes = new Uint8Array(packed.length);
  for (let at = 0; at < packed.length; at++) bytes[at] = packed.charCodeAt(at);
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

/* The policy of the page names the hash of the code, so nothing else could be run in this way. */
Promise.resolve("code")
  .then(unpack)
  .then((code) => {
    const script = document.createElement("script");
    script.type = "module";
    script.textContent = code;
    document.head.append(script);
  })
  .catch((error) => {
    document.documentElement.dataset.failed = String(error);
    const message = document.getElementById("message");
    if (message) message.textContent = `This page needs a browser of 2024 or later (${error}).`;
  });
