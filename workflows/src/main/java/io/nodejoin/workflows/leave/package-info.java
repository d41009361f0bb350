/** The durable leave of one node: workflow, states, steps. */
@NullMarked
package io.nodejoin.workflows.leave;

import org.jspecify.annotations.NullMarked;
