/**
 * The garbage collector: finds orphaned joins and leaves by ledger and outbox, compensates them and publishes their
 * outcomes.
 */
@NullMarked
package io.nodejoin.service.collector;

import org.jspecify.annotations.NullMarked;
