// The rest of the JavaScript client's surface against the Graph API stand-in: every message it can write, and numbers.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { WhatsAppClient } from "@kapso/whatsapp-cloud-api";
import { CUSTOMER, PHONE, WABA, base, control, fresh } from "./control.js";

const client = new WhatsAppClient({ accessToken: "sandbox-token", baseUrl: base, graphVersion: "v23.0" });
const to = { phoneNumberId: PHONE, to: `+${CUSTOMER}` };
const picture = "https://shop.example/a.png";

beforeEach(fresh);

async function kinds(type) {
  const { items } = await control(`/whatsapp/received?type=${type}`);
  return items.map((item) => (type === "interactive" ? item.body.interactive.type : item.status));
}

test("sends video, audio, voice notes and stickers", async () => {
  await client.messages.sendVideo({ ...to, video: { link: "https://shop.example/a.mp4", caption: "v" } });
  await client.messages.sendAudio({ ...to, audio: { link: "https://shop.example/a.mp3" } });
  const voice = new Blob(["OggS...."], { type: "audio/ogg" });
  const { id } = await client.media.upload({ phoneNumberId: PHONE, type: "audio", file: voice, fileName: "v.ogg" });
  await client.messages.sendAudio({ ...to, audio: { id, voice: true } });
  await client.messages.sendSticker({ ...to, sticker: { link: "https://shop.example/a.webp" } });
  const { totals } = await control("/whatsapp/received");
  assert.equal(totals.accepted, 4);
});

test("sends products, catalogues, flows, carousels and addresses", async () => {
  await client.messages.sendInteractiveProduct({ ...to, bodyText: "This one", catalogId: "7", productRetailerId: "A1" });
  await client.messages.sendInteractiveProductList({
    ...to, bodyText: "Choose", header: { type: "text", text: "Menu" }, catalogId: "7",
    sections: [{ title: "Best", productItems: [{ productRetailerId: "A1" }, { productRetailerId: "A2" }] }],
  });
  await client.messages.sendInteractiveCatalogMessage({ ...to, bodyText: "All of it", parameters: { thumbnailProductRetailerId: "A1" } });
  await client.messages.sendInteractiveFlow({
    ...to, bodyText: "Fill", parameters: { flowId: "1", flowCta: "Start", flowToken: "t", flowMessageVersion: "3", flowAction: "navigate", flowActionPayload: { screen: "FIRST" } },
  });
  const card = (cardIndex) => ({
    cardIndex, header: { type: "image", image: { link: picture } }, bodyText: `Card ${cardIndex}`,
    action: { displayText: "Buy", url: `https://shop.example/${cardIndex}` },
  });
  await client.messages.sendInteractiveCarousel({ ...to, bodyText: "Look", cards: [card(0), card(1)] });
  await client.messages.sendInteractiveAddress({ ...to, bodyText: "Where to?", parameters: { country: "IN" } });
  assert.deepEqual(await kinds("interactive"), ["product", "product_list", "catalog_message", "flow", "carousel", "address_message"]);
});

test("headers of every kind, answers in context, tracking data", async () => {
  const { wamid } = await control("/whatsapp/inbound", { from: CUSTOMER, text: "hi" });
  await client.messages.sendInteractiveButtons({
    ...to, bodyText: "Keep it?", footerText: "Shop", header: { type: "image", image: { link: picture } },
    buttons: [{ id: "y", title: "Yes" }], contextMessageId: wamid, bizOpaqueCallbackData: "run=9",
  });
  const { items } = await control("/whatsapp/received?type=interactive");
  assert.equal(items[0].body.context.message_id, wamid);
  assert.equal(items[0].biz_opaque_callback_data, "run=9");
  await client.messages.sendInteractiveRaw({
    ...to, interactive: { type: "location_request_message", body: { text: "Where are you?" }, action: { name: "send_location" } },
  });
  await client.messages.markRead({ phoneNumberId: PHONE, messageId: wamid });
  const { totals } = await control("/whatsapp/received");
  assert.deepEqual([totals.accepted, totals.read_marks], [2, 1]);
});

test("reads one template and pages through all", async () => {
  const first = await client.templates.list({ businessAccountId: WABA, limit: 3 });
  assert.equal(first.data.length, 3);
  const next = await client.templates.list({ businessAccountId: WABA, limit: 3, after: first.paging.cursors.after });
  assert.notEqual(next.data[0].id, first.data[0].id);
  const template = { name: "season_sale", language: { code: "en" }, components: [{ type: "body", parameters: [{ type: "text", text: "Bea" }, { type: "text", text: "20%" }] }] };
  await client.messages.sendTemplate({ ...to, template });
  assert.deepEqual(await kinds("template"), ["accepted"]);
});

test("downloads what customers send", async () => {
  await control("/whatsapp/inbound", { from: CUSTOMER, message: { type: "document", document: { data: "aGVsbG8=", mime_type: "text/plain" } } });
  const { id } = await client.media.upload({ phoneNumberId: PHONE, type: "document", file: new Blob(["hello"], { type: "text/plain" }), fileName: "a.txt" });
  const bytes = await client.media.download({ mediaId: id, phoneNumberId: PHONE, auth: "always" });
  const text = typeof bytes.text === "function" ? await bytes.text() : new TextDecoder().decode(bytes);
  assert.equal(text, "hello");
});

test("registers a number with its codes", async () => {
  await client.phoneNumbers.deregister({ phoneNumberId: PHONE });
  await assert.rejects(client.messages.sendText({ ...to, body: "x" }), (error) => error.code === 133010);
  await client.phoneNumbers.requestCode({ phoneNumberId: PHONE, codeMethod: "SMS", language: "en_US" });
  await client.phoneNumbers.verifyCode({ phoneNumberId: PHONE, code: "123456" });
  await client.phoneNumbers.register({ phoneNumberId: PHONE, pin: "123456" });
  await client.messages.sendText({ ...to, body: "back" });
});

test("every error of a recipient reaches the client", async () => {
  const codes = { 130429: 400, 131016: 500, 131056: 400, 131057: 500, 131031: 403 };
  for (const [code, status] of Object.entries(codes)) {
    await assert.rejects(
      client.messages.sendText({ phoneNumberId: PHONE, to: `+971500${code}`, body: "x" }),
      (error) => error.code === Number(code) && error.httpStatus === status,
    );
  }
});
