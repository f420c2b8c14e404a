//! Every finding's words, in one place. `check` and `code` are stable: translations and alerts are found by them.
//! `{name}` stands for a value.

use super::{Finding, State};
use std::collections::BTreeMap;

/// A finding before its values are filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// What is looked at.
    pub check: &'static str,
    /// What was found.
    pub code: &'static str,
    /// How good or bad that is.
    pub state: State,
    /// In a few words.
    pub title: &'static str,
    /// Why it is so.
    pub cause: &'static str,
    /// What to do.
    pub fix: &'static str,
}

impl Words {
    /// The finding, to be filled in.
    #[must_use]
    pub fn finding(&self) -> Finding {
        Finding {
            check: self.check,
            code: self.code,
            state: self.state,
            title: self.title.to_owned(),
            cause: self.cause.to_owned(),
            fix: self.fix.to_owned(),
            subject: None,
            values: BTreeMap::new(),
        }
    }
}

macro_rules! words {
    ($($name:ident: $check:literal $code:literal $state:ident $title:literal, $cause:literal, $fix:literal;)+) => {
        $(
            #[doc = $title]
            pub const $name: Words = Words {
                check: $check,
                code: $code,
                state: State::$state,
                title: $title,
                cause: $cause,
                fix: $fix,
            };
        )+

        /// All of them.
        pub const ALL: &[Words] = &[$($name),+];
    };
}

words! {
    CHECK_FAILED: "doctor" "failed" Warning "A check could not be made",
        "{what}: {error}",
        "Look into the log; if this stays, the cause above says where to begin.";
    CHECK_SLOW: "doctor" "slow" Warning "A check took too long",
        "{what} was not done after {seconds} s.",
        "See whether the database and the network are overloaded, then run the doctor again.";

    DATABASE_OK: "database" "ok" Ok "The database answers",
        "It answered in {ms} ms and its schema is current.", "";
    DATABASE_AWAY: "database" "unreachable" Blocking "The database does not answer",
        "{error}",
        "Check that the database runs and that RAPPORT_DATABASE_URL is right. Deliveries are refused with 503 meanwhile; the provider repeats them for days.";
    DATABASE_SLOW: "database" "slow" Warning "The database answers slowly",
        "A question that costs nothing took {ms} ms.",
        "Look for a disk that other programs keep busy, or move the database to a faster one.";
    DATABASE_OLD: "database" "schema" Blocking "The database's schema is older than this program",
        "Not every migration has been applied.",
        "Run: rapport migrate";

    BUDGET_OK: "budget" "ok" Ok "The month's budget lasts",
        "{percent} % of it is spent.", "";
    BUDGET_NEAR: "budget" "near" Warning "A mark of the month's budget is passed",
        "{percent} % of it is spent.",
        "See on the page of costs what it went to; raise the budget there if that is well.";
    BUDGET_REACHED: "budget" "reached" Warning "The month's budget is used up",
        "{percent} % of it is spent. If you chose so, promotion is refused until the next month; replies go on.",
        "Raise the budget on the page of costs, or leave promotion for the next month.";
    RATES_MISSING: "rates" "missing" Warning "Prices are missing",
        "{count} charged messages of this month have no price on the rate card, so costs and the budget are too low.",
        "Enter the prices of your account on the page of costs; the messages are counted at once.";

    DISK_OK: "disk" "ok" Ok "There is room on the disk",
        "{free} of {total} are free ({percent} %).", "";
    DISK_LOW: "disk" "low" Warning "The disk is nearly full",
        "{free} of {total} are free ({percent} %) where {path} is.",
        "Free space or enlarge the disk. Below 2 % new messages may soon be refused.";
    DISK_FULL: "disk" "full" Blocking "The disk is full",
        "{free} of {total} are free ({percent} %) where {path} is.",
        "Free space now: what cannot be stored is refused, and the provider repeats it only for some days.";
    DISK_UNKNOWN: "disk" "unknown" Warning "Free disk space cannot be read",
        "{path}: {error}",
        "Check that the folder exists and may be read.";

    FOLDER_OK: "data_folder" "ok" Ok "The data folder can be written",
        "A file was written to {path}.", "";
    FOLDER_CLOSED: "data_folder" "not_writable" Blocking "The data folder cannot be written",
        "{path}: {error}",
        "Give the user that runs Rapport the right to write there, or set RAPPORT_DATA_DIR.";

    CLOCK_OK: "clock" "ok" Ok "The clock is right",
        "It differs from the database's by {ms} ms.", "";
    CLOCK_OFF: "clock" "differs" Warning "The clock differs from the database's",
        "By {ms} ms.",
        "Let both machines set their clocks by NTP: reply windows and limits are counted in time.";
    CLOCK_WRONG: "clock" "wrong" Blocking "The clock is wrong",
        "This machine believes that it is {now}.",
        "Set the clock and let it be kept right by NTP: reply windows and limits are counted in time.";

    SEARCH_OK: "search" "ok" Ok "Everything is found by search",
        "New messages are found within {seconds} s.", "";
    SEARCH_BUILDING: "search" "building" Warning "Search is learning older messages",
        "{done} of {total} are done ({percent} %), the newest first. Those not done are not found yet.",
        "Nothing: it goes on by itself, also after a restart.";
    SEARCH_BEHIND: "search" "behind" Warning "Search is behind",
        "The oldest message that it does not know yet came {seconds} s ago.",
        "See whether the database or the disk is overloaded; if it stays, look into the log for what cannot be indexed.";

    WORKERS_OK: "workers" "ok" Ok "The workers are at work",
        "{nodes} running: {names}.", "";
    WORKERS_SILENT: "workers" "silent" Blocking "A worker is silent",
        "Not heard of lately: {names}.",
        "Restart Rapport. If it happens again, the log says where it stopped.";
    WORKERS_NONE: "workers" "none" Warning "No server runs",
        "No process has shown itself in the database within {seconds} s.",
        "Start it with: rapport serve";
    WORKERS_MIXED: "workers" "versions" Warning "Servers of different versions run",
        "{names}",
        "Finish the upgrade, so that all run the same version.";

    ADDRESS_OK: "public_url" "ok" Ok "The public address can be used",
        "{url}", "";
    ADDRESS_PLAIN: "public_url" "not_https" Blocking "The provider cannot deliver to this address",
        "{url} is not https; Meta delivers to https only, with a certificate of a public authority.",
        "Put a reverse proxy with a certificate in front and set RAPPORT_PUBLIC_URL to its https address.";

    EVENTS_OK: "events" "ok" Ok "Received events are processed",
        "{pending} wait.", "";
    EVENTS_BEHIND: "events" "behind" Warning "Events wait to be processed",
        "{pending} wait, the oldest for {seconds} s.",
        "A rush is worked off by itself. If the number grows, look for a slow disk or a silent worker.";
    EVENTS_STUCK: "events" "stuck" Blocking "Events are not processed",
        "{pending} wait, the oldest for {seconds} s.",
        "Restart Rapport and look into the log; nothing is lost, they are stored.";
    EVENTS_ASIDE: "quarantine" "some" Warning "Events were set aside",
        "{count} could not be processed. The last reason: {reason}",
        "Look at them under Operation. Often a number was removed that still receives, or the provider sends something new.";
    EVENTS_NONE_ASIDE: "quarantine" "ok" Ok "No event was set aside",
        "Everything that was received could be understood.", "";

    SENDING_OK: "sending" "ok" Ok "Messages go out",
        "None is late and none is in doubt.", "";
    SENDING_LATE: "sending" "late" Warning "Messages wait to be sent",
        "{count} should have gone out by now.",
        "See whether a channel is paused or refused by the provider; otherwise restart Rapport.";
    SENDING_DOUBT: "sending" "unknown" Warning "Of some messages nobody knows whether they were sent",
        "{count} went out without an answer.",
        "Open them and settle each: sent or not sent. They are never repeated by themselves, so that no customer gets one twice.";

    CAMPAIGN_TEMPLATE_NOT_APPROVED: "campaign" "template_not_approved" Warning "A campaign paused itself: its template is not approved any more",
        "The provider does not accept the template {template} now, so nothing more of the campaign could be sent.",
        "See under Templates what the provider says about {template} and repair it. Once it is approved again, press Resume on the campaign's page; nobody is written to twice.";
    CAMPAIGN_TEMPLATE_GONE: "campaign" "template_gone" Warning "A campaign paused itself: its template was deleted",
        "The template {template} does not exist any more, so nothing more of the campaign can be sent.",
        "Cancel the campaign and make a new one with another template for those who have not got it.";
    CAMPAIGN_CHANNEL_GONE: "campaign" "channel_gone" Warning "A campaign paused itself: its number was removed",
        "The channel that it goes over was disconnected, so nothing more of the campaign can be sent.",
        "Add the same number again under Channels, then press Resume on the campaign's page; or cancel the campaign.";
    CAMPAIGN_STOPPED: "campaign" "stopped" Warning "A campaign paused itself",
        "It could not go on by itself.",
        "Open the campaign, see what it says, then press Resume or cancel it.";

    RULE_WISHES: "rule" "wishes" Warning "After a rule's messages many customers ask for a person",
        "In the last 30 days {percent} % of the {count} times that it wrote were followed by the wish for a person within a day.",
        "Open the rule: look at what those customers had asked, and let it listen more narrowly, say more, or hand over sooner. Try the change on the past before you switch it on.";
    COUPON_EMPTY: "coupon.pool" "empty" Warning "No code is left",
        "Rules that give codes of this pool fail: the customer gets no message with a code.",
        "Add codes under Shop, Coupons, or switch the pool off.";
    COUPON_LOW: "coupon.pool" "low" Warning "Few codes are left",
        "{free} of {total} are left.",
        "Add codes under Shop, Coupons.";
    COUPON_NO_POOL: "coupon.rule" "no_pool" Warning "A rule gives codes of a pool that gives none",
        "There is no pool named {pool}, it is switched off, or its codes are not good any more.",
        "Make the pool under Shop, Coupons, or choose another one in the rule.";
    SHOP_REFUSED: "shop.source" "refused" Warning "A shop's deliveries are refused",
        "Their signature does not fit the secret that was entered here.",
        "Open the shop under Shop, Deliveries, and replace the secret by the one that it signs with.";
    SHOP_FAILED: "shop.source" "failed" Warning "Deliveries of a shop could not be taken in",
        "{count} failed.",
        "Open the shop under Shop, Deliveries: each says why. Repair it and try them again.";

    JOBS_OK: "jobs" "ok" Ok "No job was given up",
        "Everything that failed was done on a later try, or still is being tried.", "";
    JOBS_DEAD: "jobs" "dead" Warning "Jobs were given up",
        "{count} used up their tries. The last reason: {reason}",
        "Repair the cause, then replay them under Operation.";

    CHANNEL_STATUS_OK: "channel.status" "ok" Ok "The channel is switched on",
        "It receives and sends.", "";
    CHANNEL_PAUSED: "channel.status" "paused" Warning "The channel is paused",
        "A person switched sending off; messages wait.",
        "Switch it on again under Channels when it should send.";
    CHANNEL_ERROR: "channel.status" "error" Blocking "The provider refuses this channel",
        "{reason}",
        "Repair what the provider names, then set the access token again or switch the channel on; waiting messages follow.";

    ROUTE_OK: "channel.route" "ok" Ok "A standby is ready",
        "Messages go over this channel; {standby} stands by.", "";
    ROUTE_SUSPICIOUS: "channel.route" "suspicious" Warning "The provider was slow or failed lately",
        "The last answer: {reason}. After three such answers in a row messages go over {standby}.",
        "Nothing yet: it is probed every minute. If it stays so, ask the provider.";
    ROUTE_FAILED_OVER: "channel.route" "failed_over" Warning "Messages go over the standby",
        "This channel was slow or did not answer three times in a row ({reason}); new messages go over {standby}.",
        "It goes back by itself after five good probes in a row. If it lasts, ask the provider what is wrong with this number.";
    ROUTE_BY_HAND: "channel.route" "by_hand" Warning "Messages go over the standby because somebody wants it so",
        "Somebody switched to {standby}; it stays so whatever the channel does (last answer: {reason}).",
        "Go back under Standby route on the channel's page.";
    ROUTE_STANDBY_BAD: "channel.route" "standby_bad" Warning "The standby is not well",
        "{standby} was slow or did not answer ({error}): while that is so, nothing is switched to it.",
        "Check the standby channel, or choose another one under Standby route.";

    CHANNEL_TOKEN_OK: "channel.token" "ok" Ok "The access token works",
        "The provider accepts it; it was set {days} days ago.", "";
    CHANNEL_TOKEN_REFUSED: "channel.token" "refused" Blocking "The provider does not accept the access token",
        "{error}",
        "Make a permanent token of a system user in Meta Business settings and set it with Replace token on the channel's page or: rapport channel rotate-token";
    CHANNEL_TOKEN_REFUSED_PROVIDER: "channel.token" "refused_provider" Blocking "The provider does not accept the key",
        "{error}",
        "Copy the key (API key, auth token, access key) again at the provider ({provider}) and set it with Replace token on the channel's page or: rapport channel rotate-token";
    CHANNEL_TOKEN_ENDS: "channel.token" "ends_soon" Warning "The access token ends soon",
        "It is valid for {days} more days.",
        "Make a permanent token of a system user and set it before then; messages are not interrupted.";
    CHANNEL_TOKEN_SCOPE: "channel.token" "scope" Blocking "The access token lacks a permission",
        "Missing: {scopes}.",
        "Make the token again with whatsapp_business_messaging and whatsapp_business_management.";
    CHANNEL_TOKEN_AGEING: "channel.token" "ageing" Warning "The access token is {days} days old",
        "Tokens should be replaced every 30 days.",
        "Plan to replace it: Replace token on the channel's page, or rapport channel rotate-token. The old one works until then.";
    CHANNEL_TOKEN_OLD: "channel.token" "old" Warning "The access token should be replaced",
        "It is {days} days old; tokens should be replaced every 30 days.",
        "Make a new one and set it: Replace token on the channel's page, or rapport channel rotate-token. Messages are not interrupted.";

    CHANNEL_NUMBER_OK: "channel.number" "ok" Ok "The number is connected",
        "{phone}, quality {quality}.", "";
    CHANNEL_NUMBER_UNREACHABLE: "channel.number" "unreachable" Warning "The provider cannot be reached",
        "{error}",
        "Check the network, the firewall and the base address. Deliveries are taken meanwhile; sending waits.";
    CHANNEL_NUMBER_REFUSED: "channel.number" "refused" Blocking "The provider does not know this number",
        "{error}",
        "Compare phone number id and account id with the App Dashboard (WhatsApp, API Setup); the token must belong to that account.";
    CHANNEL_NUMBER_REFUSED_PROVIDER: "channel.number" "refused_provider" Blocking "The provider does not know this number",
        "{error}",
        "Compare number and account with what the provider ({provider}) shows; the key must belong to that account. If they differ, disconnect the channel and connect the number again: its conversations come back.";
    CHANNEL_NUMBER_STATUS: "channel.number" "not_connected" Blocking "The number is not connected at the provider",
        "Its status is {status}.",
        "Open WhatsApp Manager, Phone numbers, and follow what it asks for.";
    CHANNEL_NUMBER_STATUS_PROVIDER: "channel.number" "not_connected_provider" Blocking "The number is not connected at the provider",
        "Its status is {status}.",
        "Open the number at the provider ({provider}) and follow what is asked for there.";
    CHANNEL_QUALITY_LOW: "channel.quality" "low" Warning "Customers complain about this number",
        "Its quality is {quality}.",
        "Send fewer promotions and only to people who agreed; the provider lowers the limit of numbers that stay RED.";

    CHANNEL_HEALTH_BLOCKED: "channel.health" "blocked" Blocking "WhatsApp does not let this number send",
        "{why}",
        "Open WhatsApp Manager, Account overview, and follow what it asks for.";
    CHANNEL_HEALTH_LIMITED: "channel.health" "limited" Warning "WhatsApp limits what this number may send",
        "{why}",
        "Open WhatsApp Manager, Account overview, and follow what it asks for.";
    CHANNEL_NAME_DECLINED: "channel.name" "declined" Warning "Customers do not see the display name",
        "WhatsApp's word on {name}: {status}.",
        "Choose another name in WhatsApp Manager, Phone numbers; until then customers see the number.";

    CHANNEL_LATENCY_SLOW: "channel.latency" "slow" Warning "The provider answers slowly",
        "It took {ms} ms; less than 800 ms is usual.",
        "Nothing, when it passes. If it stays, look at the network of this machine.";
    CHANNEL_LATENCY_OK: "channel.latency" "ok" Ok "The provider answers quickly",
        "It took {ms} ms.", "";

    CHANNEL_WEBHOOK_OK: "channel.webhook" "ok" Ok "Deliveries arrive",
        "The last one came {ago}.", "";
    CHANNEL_WEBHOOK_ELSEWHERE: "channel.webhook" "elsewhere" Blocking "The provider delivers to another address",
        "This number's events go to {there}, not to {here}.",
        "Press Deliver here on the channel's page; or set the callback address to {here} in the App Dashboard (WhatsApp, Configuration).";
    CHANNEL_WEBHOOK_NONE: "channel.webhook" "no_callback" Blocking "The provider has no address to deliver to",
        "No callback is set for this number, its account or the app: what customers write reaches nobody.",
        "Press Deliver here on the channel's page; or enter {here} as callback in the App Dashboard (WhatsApp, Configuration).";
    CHANNEL_WEBHOOK_UNSUBSCRIBED: "channel.webhook" "not_subscribed" Blocking "No app is subscribed to the account",
        "The provider delivers this account's events to nobody.",
        "Press Deliver here on the channel's page; in the App Dashboard (WhatsApp, Configuration) the field messages must be chosen.";
    CHANNEL_WEBHOOK_UNVERIFIED: "channel.webhook" "not_verified" Warning "The webhook is not set up yet",
        "The provider has not verified {here}.",
        "In the App Dashboard (WhatsApp, Configuration) enter {here} with the verify token you chose, and subscribe to the field messages.";
    CHANNEL_WEBHOOK_EMPTY: "channel.webhook" "no_events" Warning "The webhook is verified, but nothing has come",
        "The provider verified {here}; no event has been delivered.",
        "In the App Dashboard subscribe to the field messages and switch the app to Live: in development mode only test events come. Then write to the number from your own phone.";
    CHANNEL_WEBHOOK_DIALOG360: "channel.webhook" "no_events_dialog360" Warning "Nothing has come from 360dialog yet",
        "No event has been delivered to {here}.",
        "Press Deliver here on the channel's page, or set {here} with the header X-Rapport-Secret at 360dialog. Then write to the number from your own phone.";
    CHANNEL_WEBHOOK_TWILIO: "channel.webhook" "no_events_twilio" Warning "Nothing has come from Twilio yet",
        "No event has been delivered to {here}.",
        "In the Twilio console open the WhatsApp sender and enter {here} as webhook for incoming messages and as status callback, both with POST. Then write to the number from your own phone.";
    CHANNEL_WEBHOOK_BIRD: "channel.webhook" "no_events_bird" Warning "Nothing has come from Bird yet",
        "No event has been delivered to {here}.",
        "At Bird make webhook subscriptions for whatsapp.inbound and whatsapp.outbound to {here} with the signing key entered here. Then write to the number from your own phone.";
    CHANNEL_WEBHOOK_GATEWAY: "channel.webhook" "no_events_gateway" Warning "Nothing has come from the gateway yet",
        "No event has been delivered to {here}.",
        "Let the gateway deliver to {here}, signed with the shared secret. Then write to the number from your own phone.";
    CHANNEL_FILES_NOT_PUBLIC: "channel.files" "not_public" Warning "Files cannot be sent over this number",
        "The provider fetches files from this installation, whose address {here} is not https.",
        "Give the installation a public https address (public_url).";
    CHANNEL_TEMPLATES_NOT_OFFERED: "channel.templates" "not_offered" Warning "No templates over this provider",
        "{provider} has no templates that can be read and sent from here: nothing goes out once 24 hours have passed since the customer wrote.",
        "Answer within 24 hours, or reach customers over a number at another provider.";
    CHANNEL_WEBHOOK_SILENT: "channel.webhook" "silent" Warning "Nothing has come for {days} days",
        "The last event came {ago}.",
        "Write to the number from your own phone. If nothing comes, check the subscription in the App Dashboard.";
    CHANNEL_WEBHOOK_SILENT_PROVIDER: "channel.webhook" "silent_provider" Warning "Nothing has come for {days} days",
        "The last event came {ago}.",
        "Write to the number from your own phone. If nothing comes, check at the provider ({provider}) that it delivers to {here}.";

    CHANNEL_WEBHOOK_UNREACHABLE: "channel.webhook" "unreachable" Blocking "The provider cannot reach this server",
        "It tried {here} and said: {why}",
        "Check from outside that the address opens with a valid certificate (proxy, firewall, DNS), that the verify token is the same on both sides, then press Deliver here on the channel's page.";
    CHANNEL_WEBHOOK_OTHER_APP: "channel.webhook" "other_app" Blocking "Another app gets this account's events",
        "Subscribed: {apps}. The access token belongs to app {own}, which is not among them.",
        "Press Deliver here on the channel's page, or set the token and the app secret of the app that is subscribed.";

    CHANNEL_ACCOUNT_TROUBLE: "channel.account" "trouble" Warning "The provider reported trouble with the account",
        "{summary} ({ago}).",
        "{advice} The channel's timeline shows what came before and after.";

    CHANNEL_SIGNATURE_OK: "channel.signature" "ok" Ok "Signatures are right",
        "No delivery was refused since yesterday.", "";
    CHANNEL_SIGNATURE_SOME: "channel.signature" "some" Warning "Deliveries with wrong signatures were refused",
        "{count} since yesterday; right ones came as well.",
        "If you did not test anything, somebody tries to forge messages: nothing of it was taken.";
    CHANNEL_SIGNATURE_OLDER: "channel.signature" "older" Warning "Deliveries are still signed with a replaced secret",
        "It is accepted for {days} more days at most; afterwards every delivery is refused.",
        "Give the provider the new secret: in its console, or with Deliver here where the channel's page offers it. If the one entered here is mistyped, set the right one on the channel's page.";
    CHANNEL_SIGNATURE_WRONG: "channel.signature" "wrong" Blocking "Deliveries are refused: the signature does not fit",
        "{count} since yesterday, and none with a right one after them.",
        "Copy the app secret again (App Dashboard, Settings, Basic) and set it with Replace secret on the channel's page; the provider repeats what was refused.";
    CHANNEL_SIGNATURE_WRONG_DIALOG360: "channel.signature" "wrong_dialog360" Blocking "Deliveries are refused: the secret does not fit",
        "{count} since yesterday, and none with the right one after them.",
        "Press Deliver here on the channel's page: 360dialog then sends the secret that was entered here.";
    CHANNEL_SIGNATURE_WRONG_TWILIO: "channel.signature" "wrong_twilio" Blocking "Deliveries are refused: Twilio's signature does not fit",
        "{count} since yesterday, and none with a right one after them.",
        "Copy the auth token again from the Twilio console and set it with Replace token on the channel's page. The address of this installation (public_url) must be exactly what Twilio calls.";
    CHANNEL_SIGNATURE_WRONG_BIRD: "channel.signature" "wrong_bird" Blocking "Deliveries are refused: Bird's signature does not fit",
        "{count} since yesterday, and none with a right one after them.",
        "Copy the signing key of the webhook subscription again from Bird and set it with Replace secret on the channel's page or: rapport channel rotate-secret";
    CHANNEL_SIGNATURE_WRONG_GATEWAY: "channel.signature" "wrong_gateway" Blocking "Deliveries are refused: the gateway's signature does not fit",
        "{count} since yesterday, and none with a right one after them.",
        "Let the gateway sign with the shared secret that was entered here, or set the one it uses with Replace secret on the channel's page or: rapport channel rotate-secret";

    CHANNEL_TEMPLATES_OK: "channel.templates" "ok" Ok "Templates can be sent",
        "{count} are approved.", "";
    CHANNEL_TEMPLATES_NONE: "channel.templates" "none" Warning "No template is approved",
        "Without one, customers whose 24 hours are over cannot be written to.",
        "Make one in WhatsApp Manager, Message templates, and read the list again.";
    CHANNEL_TEMPLATES_NONE_PROVIDER: "channel.templates" "none_provider" Warning "No template is approved",
        "Without one, customers whose 24 hours are over cannot be written to.",
        "Make one at the provider ({provider}) and read the list again.";
    CHANNEL_TEMPLATES_PAUSED: "channel.templates" "paused" Warning "Templates are paused or disabled",
        "{count} of them cannot be sent; {approved} are approved.",
        "Improve the text and whom it goes to; the provider pauses what customers block.";

    WEBHOOK_PAUSED: "webhook.status" "paused" Blocking "A webhook is paused: its target has not answered for three days",
        "{error}. {waiting} deliveries wait for it.",
        "Look at the deliveries under Connections, Webhooks, repair the target or change its address, send a trial, then switch the webhook on: what waits follows, and what happened in the last two days.";
    WEBHOOK_FAILING: "webhook.status" "failing" Warning "A webhook's target fails",
        "{failures} tries in a row: {error}. {waiting} deliveries wait for it.",
        "Nothing is lost yet: it is tried again for three days. Look at the deliveries under Connections, Webhooks.";
    WEBHOOK_ENDED: "webhook.status" "ended" Warning "A webhook wants nothing any more",
        "Its target answered 410 (gone): it was unsubscribed over there.",
        "Remove it under Connections, Webhooks, or switch it on again when that was a mistake.";
    WEBHOOK_DEAD: "webhook.status" "dead" Warning "Deliveries to a webhook were given up",
        "{count} were tried for three days.",
        "See what the target answered under Connections, Webhooks, repair it, and make them again.";
    WEBHOOK_MISSED: "webhook.status" "missed" Warning "A webhook has missed events",
        "It rested for longer than the two days that events are kept.",
        "Let the program behind it read what it needs over the API; switching the webhook off and on again removes this note.";

    CONNECTION_OK: "connection.status" "ok" Ok "The connection is in step",
        "{backlog} changes wait.", "";
    CONNECTION_ERROR: "connection.status" "error" Blocking "The other system refuses us",
        "{reason}",
        "Set a valid token; everything that waits follows by itself.";
    CONNECTION_PAUSED: "connection.status" "paused" Warning "The connection is paused",
        "A person switched it off; what changes meanwhile is caught up with later.",
        "Switch it on again under Connections.";
    CONNECTION_BEHIND: "connection.status" "behind" Warning "Changes wait to be brought over",
        "{backlog} wait, the oldest for {seconds} s.",
        "The other system may be slow or limit calls; they are brought over as soon as it takes them.";
    CONNECTION_FAILED: "connection.status" "failed" Warning "Changes could not be brought over",
        "{count} were given up.",
        "Look at the reasons under Operation, repair them (often a field that does not exist any more), then replay.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_finding_has_a_name_of_its_own_and_says_what_to_do() {
        let mut names = BTreeSet::new();
        for words in ALL {
            assert!(names.insert((words.check, words.code)), "{}.{} twice", words.check, words.code);
            assert_eq!(words.fix.is_empty(), words.state == State::Ok, "{}.{}", words.check, words.code);
            assert!(!words.title.is_empty() && !words.cause.is_empty());
            assert_eq!(words.code == "ok", words.state == State::Ok);
        }
    }
}
