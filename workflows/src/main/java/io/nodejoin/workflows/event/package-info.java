/** Activity interface of the events topic. */
@NullMarked
package io.nodejoin.workflows.event;

import org.jspecify.annotations.NullMarked;
