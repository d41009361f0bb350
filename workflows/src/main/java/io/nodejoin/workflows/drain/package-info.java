/** Activity interface of draining. */
@NullMarked
package io.nodejoin.workflows.drain;

import org.jspecify.annotations.NullMarked;
