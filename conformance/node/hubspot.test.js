// HubSpot's Node client against the CRM stand-in.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Client } from "@hubspot/api-client";
import { base, fresh } from "./control.js";

const hub = new Client({ accessToken: "pat-na1-conformance", basePath: `${base}/hubspot` });
const contacts = hub.crm.contacts;

beforeEach(fresh);

test("creates, reads, changes and archives", async () => {
  const made = await contacts.basicApi.create({ properties: { email: "ana@shop.example", firstname: "Ana" } });
  await contacts.basicApi.update(made.id, { properties: { city: "Köln" } });
  const read = await contacts.basicApi.getById("ana@shop.example", ["city"], undefined, undefined, false, "email");
  assert.deepEqual([read.id, read.properties.city], [made.id, "Köln"]);
  assert.ok(read.createdAt instanceof Date);
  await contacts.basicApi.archive(made.id);
  await assert.rejects(contacts.basicApi.getById(made.id), (error) => error.code === 404);
});

test("tells conflicts", async () => {
  await contacts.basicApi.create({ properties: { email: "a@shop.example" } });
  await assert.rejects(
    contacts.basicApi.create({ properties: { email: "a@shop.example" } }),
    (error) => error.code === 409 && error.body.category === "CONFLICT",
  );
});

test("upserts in batches by a unique property, and searches", async () => {
  await hub.crm.properties.coreApi.create("contacts", {
    name: "wa_id", label: "WhatsApp id", type: "string", fieldType: "text", groupName: "contactinformation", hasUniqueValue: true,
  });
  const inputs = [1, 2, 3].map((n) => ({ id: `4915${n}`, idProperty: "wa_id", properties: { firstname: `N${n}` } }));
  const first = await contacts.batchApi.upsert({ inputs });
  assert.deepEqual(first.results.map((row) => row._new ?? row.new), [true, true, true]);
  const second = await contacts.batchApi.upsert({ inputs });
  assert.equal(second.results[0].id, first.results[0].id);
  const found = await contacts.searchApi.doSearch({
    filterGroups: [{ filters: [{ propertyName: "wa_id", operator: "IN", values: ["49151", "49152"] }] }],
    properties: ["firstname"], limit: 10, after: "0", sorts: ["lastmodifieddate"],
  });
  assert.equal(found.total, 2);
});

test("reads owners, pipelines and properties", async () => {
  assert.equal((await hub.crm.owners.ownersApi.getPage()).results.length, 3);
  assert.equal((await hub.crm.pipelines.pipelinesApi.getAll("tickets")).results[0].stages.length, 4);
  assert.ok((await hub.crm.properties.coreApi.getByName("contacts", "email")).hasUniqueValue);
});
