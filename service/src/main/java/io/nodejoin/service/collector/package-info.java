/** What a join has left that Temporal ended without its own undo, or lost: found by the ledger, taken back, told. */
@NullMarked
package io.nodejoin.service.collector;

import org.jspecify.annotations.NullMarked;
