"""Messages to the user's phone, mailbox or chat: what is told, how it is worded, and when it may be sent."""
