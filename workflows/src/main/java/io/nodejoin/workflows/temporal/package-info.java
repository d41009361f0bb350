/** Additions to the Temporal SDK: task queues, payload conversion, timers, options of activities. */
@NullMarked
package io.nodejoin.workflows.temporal;

import org.jspecify.annotations.NullMarked;
