// The sandbox's control API, for the tests.

export const base = process.env.SANDBOX_URL;
export const PHONE = "106540352242922";
export const WABA = "102290129340398";
export const CUSTOMER = "491511234567";

export async function control(path, body) {
  const response = await fetch(`${base}/_sandbox${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const value = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(value));
  return value;
}

export async function fresh() {
  await control("/reset", {});
  await control("/limits", {
    delays: { sent_ms: 10, delivered_ms: 20, read_ms: 30 },
    review_ms: 10,
    hubspot: { search_per_second: 1000, burst_per_10s: 1000 },
  });
  await control("/whatsapp/inbound", { from: CUSTOMER, text: "hi" });
}
