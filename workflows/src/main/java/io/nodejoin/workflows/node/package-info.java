/** Activity interface of Node objects. */
@NullMarked
package io.nodejoin.workflows.node;

import org.jspecify.annotations.NullMarked;
