/** The workflows of joins and leaves, and their registration with a worker. */
@NullMarked
package io.nodejoin.workflows;

import org.jspecify.annotations.NullMarked;
