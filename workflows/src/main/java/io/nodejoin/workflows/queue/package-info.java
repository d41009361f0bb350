/** Names of Temporal task queues. */
@NullMarked
package io.nodejoin.workflows.queue;

import org.jspecify.annotations.NullMarked;
