/** Safe Kafka client settings, and events as Kafka records. */
@NullMarked
package io.nodejoin.client.kafka;

import org.jspecify.annotations.NullMarked;
