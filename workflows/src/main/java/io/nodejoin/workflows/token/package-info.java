/** Activity interface of bootstrap tokens. */
@NullMarked
package io.nodejoin.workflows.token;

import org.jspecify.annotations.NullMarked;
