/** From a Kafka record to a started workflow, an aborted join or a dead letter. */
@NullMarked
package io.nodejoin.service.intake;

import org.jspecify.annotations.NullMarked;
