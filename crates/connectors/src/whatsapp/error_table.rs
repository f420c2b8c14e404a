//! The rows behind [`super::errors::meaning`]: one per code of `whatsapp-cloud-api.md` §11.
//!
//! A code that lies inside a range stands before the range.

use super::errors::{ErrorInfo, RetryClass};

macro_rules! rows {
    ($($code:literal $last:literal $title:ident $class:ident $meaning:literal $advice:literal;)+) => {
        &[$(ErrorInfo {
            code: $code,
            last: $last,
            title_key: stringify!($title),
            meaning: $meaning,
            advice: $advice,
            class: RetryClass::$class,
        }),+]
    };
}
pub(crate) use rows;

/// The row for codes that are not in the table.
pub static UNKNOWN: ErrorInfo = ErrorInfo {
    code: -1,
    last: -1,
    title_key: "unknown",
    meaning: "The provider gave a reason we do not know.",
    advice: "Read the provider's own words beside the code.",
    class: RetryClass::Never,
};

/// All known rows: first code, last code, title key, class, meaning, advice.
pub static TABLE: &[ErrorInfo] = rows! {
    0 0 auth PauseChannel
        "The access token is missing, invalid or expired."
        "Enter a new token in the channel's settings.";
    190 190 auth PauseChannel
        "The access token is invalid or expired."
        "Enter a new token in the channel's settings.";
    3 3 permission PauseChannel
        "The token may not use this function."
        "Give the system user the WhatsApp permissions and make a new token.";
    10 10 permission PauseChannel
        "The token lacks a permission."
        "Give the system user the WhatsApp permissions and make a new token.";
    200 299 permission PauseChannel
        "The token lacks a permission."
        "Give the system user the WhatsApp permissions and make a new token.";
    131_005 131_005 permission PauseChannel
        "The token may not access this account or number."
        "Give the system user access to the WhatsApp account and make a new token.";
    4 4 call_limit SafeRetry
        "The app made too many calls this hour."
        "It goes on by itself when the limit is free again.";
    80_007 80_007 call_limit SafeRetry
        "The WhatsApp account made too many calls this hour."
        "It goes on by itself when the limit is free again.";
    613 613 call_limit SafeRetry
        "A call was repeated too often."
        "It goes on by itself later.";
    130_429 130_429 throughput SafeRetry
        "The number sends faster than its throughput allows."
        "It goes on by itself, more slowly.";
    131_056 131_056 pair_limit RetryCustomer
        "Too many messages to this one customer in a short time."
        "It is sent by itself after a pause.";
    131_048 131_048 spam_limit LaterHours
        "The number is limited because customers blocked or reported it."
        "Stop campaigns, check quality in WhatsApp Manager, and try again in some hours.";
    131_049 131_049 ecosystem LaterDay
        "WhatsApp chose not to deliver this marketing message to this customer now."
        "Do not send it again within 24 hours; wait until the customer writes.";
    130_472 130_472 experiment Never
        "The customer is in a group that gets no marketing messages."
        "Do not send it again; use another way to reach this customer.";
    131_050 131_050 opted_out OptOut
        "The customer stopped marketing messages from this business."
        "Send no more marketing; the opt-out is recorded.";
    1 1 service WaitStatus
        "The provider had an unknown trouble."
        "Wait for the delivery report; send again only if none comes.";
    2 2 service WaitStatus
        "The provider was briefly unavailable."
        "Wait for the delivery report; send again only if none comes.";
    131_000 131_000 service WaitStatus
        "The provider had an unknown trouble."
        "Wait for the delivery report; send again only if none comes.";
    131_016 131_016 service WaitStatus
        "The provider was overloaded."
        "Wait for the delivery report; send again only if none comes.";
    133_004 133_004 service WaitStatus
        "The provider's server was briefly unavailable."
        "Wait for the delivery report; send again only if none comes.";
    2_494_100 2_494_100 service WaitStatus
        "The number was in maintenance on the provider's side."
        "Wait for the delivery report; send again only if none comes.";
    131_057 131_057 maintenance SafeRetry
        "The number is being upgraded and pauses for about a minute."
        "It is sent by itself after a minute.";
    33 33 number_deleted PauseChannel
        "The business number no longer exists on the platform."
        "Connect the number again or remove the channel.";
    100 100 parameter Never
        "A value in the request is not valid, or the object does not exist."
        "Check the named value; report it when the message was ordinary.";
    368 368 restricted PauseChannel
        "The account is blocked for violating a policy."
        "Appeal in WhatsApp Manager; nothing can be sent until then.";
    131_031 131_031 restricted PauseChannel
        "The account is restricted or locked."
        "Look into WhatsApp Manager for the reason; nothing can be sent until then.";
    130_497 130_497 country Never
        "The account may not write to customers in this country."
        "Use another channel for this customer.";
    131_008 131_008 parameter Never
        "A value is missing in the request."
        "Check the named value; report it when the message was ordinary.";
    131_009 131_009 parameter Never
        "A value in the request is wrong."
        "Check the named value, often a phone number, button title or row count.";
    131_021 131_021 self Never
        "The recipient is the business number itself."
        "Choose another recipient.";
    131_026 131_026 unreachable MarkNumber
        "The message cannot be delivered: not on WhatsApp, an old app, terms not accepted, or blocked."
        "Use another channel; the number is marked.";
    130_403 130_403 blocked_by_us Never
        "The business blocked this customer."
        "Unblock the customer first.";
    131_030 131_030 test_recipient Never
        "The test number may only write to its listed recipients."
        "Add the recipient to the list of the test number, or use a real number.";
    131_035 131_035 storage Never
        "The storage setting of the number does not allow this."
        "Check the local storage settings of the number.";
    131_037 131_037 display_name PauseChannel
        "The display name of the number is not approved."
        "Ask for approval of the display name in WhatsApp Manager.";
    131_042 131_042 payment PauseChannel
        "There is a problem with the payment method."
        "Repair the payment method in WhatsApp Manager; nothing billable goes out until then.";
    131_044 131_044 payment Never
        "There is a problem with the payment method for calls."
        "Repair the payment method in WhatsApp Manager.";
    131_045 131_045 not_registered PauseChannel
        "The number is not registered properly."
        "Register the number again.";
    131_047 131_047 window_closed NeedsTemplate
        "More than 24 hours have passed since the customer last wrote."
        "Send an approved template.";
    131_051 131_051 unsupported_type Never
        "This kind of message is not supported."
        "Send it as another kind.";
    131_052 131_052 inbound_media Never
        "The customer's file could not be fetched."
        "Ask the customer to send it again.";
    131_053 131_053 outbound_media Never
        "Our file was not accepted: type, size, codec or a slow link."
        "Convert or shrink the file and send it again.";
    131_055 131_055 marketing_api Never
        "The marketing interface takes only marketing templates."
        "Send it as an ordinary message.";
    134_100 134_100 marketing_api Never
        "The marketing interface takes only marketing templates."
        "Send it as an ordinary message.";
    134_102 134_102 marketing_api Never
        "The marketing interface is not available for this account."
        "Send it as an ordinary message.";
    131_063 131_063 marketing_api Never
        "Marketing templates are switched off for the ordinary interface of this account."
        "Switch them on in WhatsApp Manager or use the marketing interface.";
    134_101 134_101 template_syncing LaterHours
        "The template is still being prepared."
        "Try again in ten minutes.";
    131_059 131_059 paging SafeRetry
        "A list changed while it was read."
        "The list is read again from the start.";
    131_060 131_060 first_message Never
        "The first message is not available because the number is shared with the phone app."
        "Read it in the phone app.";
    131_062 131_062 needs_phone Never
        "This template needs a phone number; the customer hides it."
        "Ask the customer for the number.";
    131_064 131_064 wrong_category LaterHours
        "The account is limited because templates had the wrong category."
        "Stop campaigns and correct the categories.";
    132_000 132_000 template_count Never
        "The number of values does not match the template."
        "Synchronise templates and fill each placeholder.";
    132_001 132_001 template_missing Never
        "The template does not exist in this language or is not approved."
        "Synchronise templates and choose an approved language.";
    132_005 132_005 template_long Never
        "The text is too long once the values are filled in."
        "Shorten the values.";
    132_007 132_007 template_policy Never
        "The template's content violates a policy."
        "Change the template.";
    132_008 132_008 template_value Never
        "A value does not have the form the template wants."
        "Correct the value.";
    132_012 132_012 template_value Never
        "A value does not have the type the template wants."
        "Correct the value or its type.";
    132_018 132_018 template_value Never
        "A value holds new lines, tabs or many spaces."
        "Take them out of the value.";
    132_015 132_015 template_paused LaterHours
        "The template is paused because of low quality."
        "Wait until it is active again, or use another template.";
    132_016 132_016 template_disabled Never
        "The template is disabled for good."
        "Use another template.";
    132_068 132_068 flow_blocked Never
        "The form is blocked."
        "Repair the form in WhatsApp Manager.";
    132_069 132_069 flow_throttled LaterHours
        "The form is throttled to ten messages an hour."
        "Try again in an hour.";
    133_005 133_005 registration Never
        "The PIN of the number is wrong."
        "Reset the PIN in WhatsApp Manager.";
    133_006 133_006 registration Never
        "The number must be verified first."
        "Verify the number by code.";
    133_008 133_008 registration Never
        "Too many wrong PINs."
        "Wait for the time named, then try again.";
    133_009 133_009 registration Never
        "PINs were entered too fast."
        "Wait for the time named, then try again.";
    133_010 133_010 not_registered PauseChannel
        "The number is not registered."
        "Register the number.";
    133_015 133_015 registration Never
        "The number was deleted a moment ago."
        "Wait five minutes, then register.";
    133_016 133_016 registration Never
        "The number was registered or removed too often."
        "Wait 72 hours, then register.";
    133_000 133_000 registration Never
        "An earlier removal of the number is not finished."
        "Remove the number again, then register.";
    136_025 136_025 code Never
        "The code is wrong or has expired."
        "Ask for a new code and enter it within ten minutes.";
    2_200 2_200 callback Never
        "The provider could not verify this server's address."
        "Check that it opens from outside with a valid certificate, and that the verify token is the same on both sides.";
    134_011 134_011 payment_terms PauseChannel
        "The payment terms are not accepted."
        "Accept the terms in WhatsApp Manager.";
    135_000 135_000 parameter Never
        "Something in the request is wrong, without detail."
        "Check all values of the message.";
    137_000 137_000 identity Never
        "The customer's identity changed since it was verified."
        "Verify the customer again.";
    138_012 138_012 call_limit_customer LaterDay
        "Five calls were connected with this customer today."
        "Call again tomorrow.";
    138_000 138_025 calling Never
        "A call was not possible: calling is off, not permitted, or the other side cannot take it."
        "Check the calling settings and the customer's permission.";
    139_000 139_004 flow Never
        "The form is blocked or cannot be changed in its state."
        "Look at the form in WhatsApp Manager.";
    139_103 139_103 block_list SafeRetry
        "Blocking failed for an internal reason."
        "Try again.";
    139_100 139_102 block_list Never
        "Some or all customers could not be blocked or unblocked."
        "Only customers who wrote within 24 hours can be blocked; the list holds 64,000.";
    141_000 141_999 health PauseChannel
        "Something about number, account or template keeps messages back."
        "Read the solution the provider names beside it.";
    147_001 147_005 username Never
        "The business username cannot be used."
        "Choose another name or link the page that owns it.";
    2_388_000 2_388_999 template_create Never
        "The template was not accepted as written."
        "Correct the part that is named.";
    2_593_107 2_593_109 app_sync Never
        "The history of the phone app cannot be synchronised again."
        "Nothing to do; it is possible once, within 24 hours of connecting, if the owner agrees.";
    2_494_191 2_494_191 thread_control Never
        "The conversation belongs to another app at the moment."
        "Wait until the other app hands it over.";
    130_501 130_501 group Never
        "The message came from a group and cannot be shown."
        "Read it in the phone app.";
};
