/** Whether a machine whose certificate has expired may rejoin as its Node. */
@NullMarked
package io.nodejoin.workflows.rejoin;

import org.jspecify.annotations.NullMarked;
