/** The events topic in Kafka. */
@NullMarked
package io.nodejoin.activities.event;

import org.jspecify.annotations.NullMarked;
