/** Join events as they travel on Kafka: requests from fleet autoscalers, outcomes to them. */
@NullMarked
package io.nodejoin.protocol.event;

import org.jspecify.annotations.NullMarked;
