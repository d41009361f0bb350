/** Safe Kafka client settings, and events as Kafka records. */
@NullMarked
package io.nodejoin.service.kafka;

import org.jspecify.annotations.NullMarked;
