// A JavaScript client of the Cloud API against the Graph API stand-in.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { beforeEach, test } from "node:test";
import { WhatsAppClient } from "@kapso/whatsapp-cloud-api";
import { verifySignature } from "@kapso/whatsapp-cloud-api/server";
import { CUSTOMER, PHONE, WABA, base, control, fresh } from "./control.js";

const client = new WhatsAppClient({ accessToken: "sandbox-token", baseUrl: base, graphVersion: "v23.0" });
const to = { phoneNumberId: PHONE, to: `+${CUSTOMER}` };

beforeEach(fresh);

test("sends text, media, location, contacts and reactions", async () => {
  const sent = await client.messages.sendText({ ...to, body: "hello" });
  assert.match(sent.messages[0].id, /^wamid\./);
  assert.equal(sent.contacts[0].waId, CUSTOMER);
  await client.messages.sendImage({ ...to, image: { link: "https://shop.example/a.png", caption: "c" } });
  await client.messages.sendDocument({ ...to, document: { link: "https://shop.example/a.pdf", filename: "a.pdf" } });
  await client.messages.sendLocation({ ...to, location: { latitude: 1, longitude: 2, name: "Shop" } });
  await client.messages.sendContacts({ ...to, contacts: [{ name: { formattedName: "Ana B", firstName: "Ana" } }] });
  await client.messages.sendReaction({ ...to, reaction: { messageId: sent.messages[0].id, emoji: "👍" } });
  const { totals } = await control("/whatsapp/received");
  assert.equal(totals.accepted, 6);
});

test("sends buttons, lists and links", async () => {
  await client.messages.sendInteractiveButtons({ ...to, bodyText: "Keep it?", buttons: [{ id: "y", title: "Yes" }, { id: "n", title: "No" }] });
  await client.messages.sendInteractiveList({
    ...to, bodyText: "Pick", buttonText: "Open", sections: [{ title: "All", rows: [{ id: "1", title: "One", description: "first" }] }],
  });
  await client.messages.sendInteractiveCtaUrl({ ...to, bodyText: "See", parameters: { displayText: "Open", url: "https://shop.example/" } });
  const { items } = await control("/whatsapp/received?type=interactive");
  assert.deepEqual(items.map((item) => item.body.interactive.type), ["button", "list", "cta_url"]);
});

test("uploads, reads and deletes media", async () => {
  const file = new Blob([new Uint8Array([1, 2, 3])], { type: "image/png" });
  const { id } = await client.media.upload({ phoneNumberId: PHONE, type: "image", file, fileName: "a.png" });
  const info = await client.media.get({ mediaId: id, phoneNumberId: PHONE });
  assert.equal(info.mimeType, "image/png");
  const bytes = await fetch(info.url, { headers: { authorization: "Bearer sandbox-token" } });
  assert.deepEqual([...new Uint8Array(await bytes.arrayBuffer())], [1, 2, 3]);
  await client.media.delete({ mediaId: id, phoneNumberId: PHONE });
});

test("creates, lists, sends and deletes templates", async () => {
  const made = await client.templates.create({
    businessAccountId: WABA, name: "packed_2", language: "en_US", category: "UTILITY", parameterFormat: "POSITIONAL",
    components: [{ type: "BODY", text: "Hi {{1}}, your order has been packed.", example: { bodyText: [["Ana"]] } }],
  });
  assert.equal(made.status, "PENDING");
  await new Promise((done) => setTimeout(done, 100));
  const list = await client.templates.list({ businessAccountId: WABA, name: "packed_2" });
  assert.deepEqual(list.data.map((template) => template.status), ["APPROVED"]);
  const template = { name: "packed_2", language: { code: "en_US" }, components: [{ type: "body", parameters: [{ type: "text", text: "Bea" }] }] };
  await client.messages.sendTemplate({ ...to, template });
  await client.templates.delete({ businessAccountId: WABA, name: "packed_2" });
});

test("tells errors the client understands", async () => {
  await assert.rejects(
    client.messages.sendText({ phoneNumberId: PHONE, to: "12", body: "x" }),
    (error) => error.code === 131009 && error.httpStatus === 400,
  );
  const stranger = new WhatsAppClient({ accessToken: "expired-token", baseUrl: base });
  await assert.rejects(stranger.messages.sendText({ ...to, body: "x" }), (error) => error.code === 190 && error.httpStatus === 401);
});

test("signs webhooks so that the client's own check passes", async () => {
  let settle;
  const arrived = new Promise((resolve) => (settle = resolve));
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    response.end("ok");
    settle({ raw: Buffer.concat(chunks), signature: request.headers["x-hub-signature-256"] });
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  await control("/whatsapp/numbers", { phone_number_id: PHONE, callback_url: `http://127.0.0.1:${server.address().port}/` });
  await control("/whatsapp/inbound", { from: CUSTOMER, text: "Grüße / 😀" });
  const { raw, signature } = await arrived;
  server.close();
  assert.ok(verifySignature({ appSecret: "sandbox-app-secret", rawBody: raw, signatureHeader: signature }));
  assert.equal(JSON.parse(raw).entry[0].changes[0].value.messages[0].text.body, "Grüße / 😀");
});
