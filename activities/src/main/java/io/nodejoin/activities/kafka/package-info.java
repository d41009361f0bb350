/** The events topic in Kafka. */
@NullMarked
package io.nodejoin.activities.kafka;

import org.jspecify.annotations.NullMarked;
