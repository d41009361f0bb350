/** A real Kafka broker and its topics. */
@NullMarked
package io.nodejoin.testbed.kafka;

import org.jspecify.annotations.NullMarked;
