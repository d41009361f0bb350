/** The durable join of one machine: workflow, states, plan. */
@NullMarked
package io.nodejoin.workflows.join;

import org.jspecify.annotations.NullMarked;
