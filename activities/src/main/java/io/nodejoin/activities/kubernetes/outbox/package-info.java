/** Outcomes that are owed, as ConfigMaps, until they are on the events topic. */
@NullMarked
package io.nodejoin.activities.kubernetes.outbox;

import org.jspecify.annotations.NullMarked;
