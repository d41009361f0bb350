package io.nodejoin.agent.log;

import java.time.Instant;

/**
 * An entry of the systemd journal.
 *
 * @param cursor the place of the entry in the journal
 */
record JournalEntry(String cursor, Instant at, String unit, String message) {}
