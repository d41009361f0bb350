/** The outbox: pending outcomes, as ConfigMaps, until they are on the events topic. */
@NullMarked
package io.nodejoin.activities.kubernetes.outbox;

import org.jspecify.annotations.NullMarked;
