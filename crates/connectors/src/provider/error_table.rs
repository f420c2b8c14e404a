//! What codes of other providers mean, beside Meta's (`whatsapp::error_table`). Twilio's have five digits (and a few
//! six that begin with 6), none of which Meta uses.

use crate::whatsapp::error_table::rows;
use crate::whatsapp::errors::{ErrorInfo, RetryClass};

/// Twilio's codes for messages, accounts and templates.
pub static TWILIO: &[ErrorInfo] = rows! {
    20_003 20_003 auth PauseChannel
        "Twilio does not accept the account SID and auth token."
        "Enter a new auth token in the channel's settings.";
    20_005 20_006 permission PauseChannel
        "The Twilio account is not active or may not do this."
        "Look into the Twilio console: account status, balance and permissions.";
    20_404 20_404 parameter Never
        "Twilio does not know what the request names."
        "Check account SID and sender; synchronise templates.";
    20_429 20_429 call_limit SafeRetry
        "Too many requests at once for this Twilio account."
        "It goes on by itself, more slowly.";
    20_500 20_503 service WaitStatus
        "Twilio had a trouble of its own."
        "Wait for the delivery report; send again only if none comes.";
    21_211 21_211 parameter Never
        "The recipient's number is not valid."
        "Correct the number.";
    21_212 21_212 not_registered PauseChannel
        "The sender's number is not valid."
        "Compare the number with the WhatsApp senders in the Twilio console.";
    21_408 21_408 country Never
        "The account may not write to customers in this country."
        "Allow the country in the Twilio console, or use another channel.";
    21_602 21_604 parameter Never
        "The message has no text, no file and no recipient that could be sent."
        "Check the message; report it when it was ordinary.";
    21_606 21_606 not_registered PauseChannel
        "The sender cannot send messages."
        "Compare the number with the WhatsApp senders in the Twilio console.";
    21_610 21_610 opted_out OptOut
        "The customer stopped messages from this sender."
        "Send no more marketing; the opt-out is recorded.";
    21_611 21_611 throughput SafeRetry
        "The queue of the sender at Twilio is full."
        "It goes on by itself, more slowly.";
    21_614 21_614 unreachable MarkNumber
        "The number cannot receive messages."
        "Use another channel; the number is marked.";
    21_617 21_617 parameter Never
        "The text is longer than Twilio takes (1,600 characters)."
        "Shorten it.";
    21_620 21_620 outbound_media Never
        "The address of the file is not valid."
        "The public address of this installation must be https and reachable from outside.";
    21_655 21_656 template_value Never
        "The template's id or its values are not valid."
        "Synchronise templates and fill each placeholder.";
    21_703 21_703 not_registered PauseChannel
        "The sender is not usable at present."
        "Look at the sender in the Twilio console.";
    30_001 30_001 throughput SafeRetry
        "The queue of the sender at Twilio overflowed."
        "It goes on by itself, more slowly.";
    30_002 30_002 restricted PauseChannel
        "The Twilio account is suspended."
        "Settle it in the Twilio console; nothing can be sent until then.";
    30_003 30_003 unreachable MarkNumber
        "The recipient cannot be reached."
        "Use another channel; the number is marked.";
    30_005 30_006 unreachable MarkNumber
        "The number does not exist or is a landline."
        "Use another channel; the number is marked.";
    30_007 30_007 spam_limit LaterHours
        "The message was filtered as unwanted."
        "Stop campaigns and look at their content; try again in some hours.";
    30_008 30_008 service WaitStatus
        "The message was not delivered for an unknown reason."
        "Wait some minutes, then send again if nothing arrived.";
    63_001 63_001 auth PauseChannel
        "Twilio could not sign in to WhatsApp for this sender."
        "Look at the sender in the Twilio console.";
    63_002 63_002 not_registered PauseChannel
        "Twilio does not find the sender on WhatsApp."
        "Look at the sender in the Twilio console.";
    63_003 63_003 unreachable MarkNumber
        "The recipient is not on WhatsApp."
        "Use another channel; the number is marked.";
    63_005 63_005 parameter Never
        "WhatsApp did not accept the content."
        "Check the values of the message.";
    63_006 63_006 parameter Never
        "The message could not be brought into the form WhatsApp wants."
        "Check the values of the message.";
    63_007 63_007 not_registered PauseChannel
        "Twilio finds no WhatsApp sender with this number."
        "Compare the number with the WhatsApp senders in the Twilio console.";
    63_008 63_008 service WaitStatus
        "The sender's set-up at Twilio has a trouble."
        "Wait for the delivery report; send again only if none comes.";
    63_009 63_009 parameter Never
        "WhatsApp refused the message."
        "Read the provider's own words beside the code.";
    63_010 63_010 service WaitStatus
        "Twilio had a trouble of its own."
        "Wait for the delivery report; send again only if none comes.";
    63_012 63_012 service WaitStatus
        "WhatsApp had a trouble of its own."
        "Wait for the delivery report; send again only if none comes.";
    63_013 63_013 restricted PauseChannel
        "WhatsApp blocks the sender for violating a policy."
        "Look into WhatsApp Manager for the reason.";
    63_014 63_014 restricted Never
        "The message was blocked, by the customer or by a policy."
        "Use another way to reach this customer.";
    63_015 63_015 test_recipient Never
        "Twilio's sandbox only writes to numbers that joined it."
        "Let the recipient join the sandbox, or use a sender of your own.";
    63_016 63_016 window_closed NeedsTemplate
        "More than 24 hours have passed since the customer last wrote."
        "Send an approved template.";
    63_018 63_018 throughput SafeRetry
        "The sender sends faster than its rate allows."
        "It goes on by itself, more slowly.";
    63_019 63_019 outbound_media Never
        "The file could not be fetched from this installation."
        "Its public address must be https and reachable from outside; then send it again.";
    63_020 63_020 restricted PauseChannel
        "Twilio's access to the WhatsApp account was not granted or withdrawn."
        "Accept Twilio's invitation in WhatsApp Manager.";
    63_021 63_021 parameter Never
        "The content is not valid."
        "Check the values of the message.";
    63_022 63_022 parameter Never
        "The contact card is not valid."
        "Correct the card.";
    63_024 63_024 unreachable MarkNumber
        "The recipient is not valid: not on WhatsApp, or unable to receive this."
        "Use another channel; the number is marked.";
    63_025 63_025 parameter Never
        "The file was uploaded already."
        "Nothing to do.";
    63_026 63_026 unsupported_type Never
        "The kind of file is not supported."
        "Convert it and send it again.";
    63_027 63_027 template_missing Never
        "The template does not exist in this language."
        "Synchronise templates and choose an approved language.";
    63_028 63_028 template_count Never
        "The number of values does not match the template."
        "Synchronise templates and fill each placeholder.";
    63_029 63_029 service WaitStatus
        "The receiving side did not answer in time."
        "Wait for the delivery report; send again only if none comes.";
    63_030 63_030 parameter Never
        "A value in the request is not supported."
        "Check the values of the message.";
    63_031 63_031 self Never
        "The recipient is the business number itself."
        "Choose another recipient.";
    63_032 63_032 experiment Never
        "WhatsApp limits what this customer gets from businesses."
        "Do not send it again; wait until the customer writes.";
    63_033 63_033 blocked_by_us Never
        "The recipient is blocked."
        "Unblock the customer first.";
    63_036 63_036 unreachable MarkNumber
        "The recipient cannot receive this message: old app, or terms not accepted."
        "Use another channel; the number is marked.";
    63_038 63_038 throughput LaterHours
        "The account's daily number of messages is used up."
        "It is sent later by itself; ask Twilio for more.";
    63_040 63_040 template_policy Never
        "The template was rejected."
        "Change the template.";
    63_041 63_041 template_paused LaterHours
        "The template is paused because of low quality."
        "Wait until it is active again, or use another template.";
    63_042 63_042 template_disabled Never
        "The template is disabled for good."
        "Use another template.";
    63_049 63_049 ecosystem LaterDay
        "Meta chose not to deliver this marketing message to this customer now."
        "Do not send it again within 24 hours; wait until the customer writes.";
    63_050 63_050 opted_out OptOut
        "The customer stopped marketing messages from this business."
        "Send no more marketing; the opt-out is recorded.";
    63_051 63_051 restricted PauseChannel
        "The WhatsApp account is restricted."
        "Look into WhatsApp Manager for the reason.";
};

/// The words of the gateway contract and of Bird's reasons, and Meta's code each stands for.
const WORDS: &[(&str, i64)] = &[
    ("auth", 190),
    ("permission", 10),
    ("rate_limited", 130_429),
    ("pair_limited", 131_056),
    ("spam_limited", 131_048),
    ("not_delivered_by_choice", 131_049),
    ("opted_out", 131_050),
    ("unavailable", 131_016),
    ("internal", 131_000),
    ("account_restricted", 131_031),
    ("payment", 131_042),
    ("unreachable", 131_026),
    ("blocked", 130_403),
    ("window_closed", 131_047),
    ("unsupported", 131_051),
    ("media", 131_053),
    ("template_missing", 132_001),
    ("template_values", 132_012),
    ("template_paused", 132_015),
    ("template_disabled", 132_016),
    ("number_not_registered", 133_010),
    ("invalid", 100),
];

/// Meta's code for a word of the gateway contract; `None` for a word that is not in it.
#[must_use]
pub fn code_of(word: &str) -> Option<i64> {
    WORDS.iter().find(|(known, _)| *known == word).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whatsapp::meaning;

    #[test]
    fn every_code_has_one_row() {
        for row in TWILIO {
            assert_eq!(meaning(row.code), row, "{} is hidden by another row", row.code);
            assert_eq!(meaning(row.last), row, "{} is hidden by another row", row.last);
        }
        for (word, code) in WORDS {
            assert!(meaning(*code).code >= 0, "{word}");
        }
        assert_eq!(meaning(63_016).class, RetryClass::NeedsTemplate);
        assert_eq!(meaning(63_049).class, RetryClass::LaterDay);
        assert_eq!(meaning(20_429).class, RetryClass::SafeRetry);
        assert_eq!(code_of("nonsense"), None);
    }
}
