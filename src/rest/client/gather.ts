/** Reads all of a body; `null`, and no more is read, if it is longer than `maxBytes`. An abort ends it early. */
export async function gather(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (body === null) return new Uint8Array();
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => {}); // what is left does not matter, nor whether it comes
  if (signal?.aborted === true) cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let item = await reader.read(); !item.done; item = await reader.read()) {
    length += item.value.byteLength;
    if (length > maxBytes) {
      cancel();
      return null;
    }
    chunks.push(item.value);
  }
  return join(chunks, length);
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.byteLength;
  }
  return all;
}
