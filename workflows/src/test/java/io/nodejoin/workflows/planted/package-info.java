/** Code that breaks the rules on purpose, so that a test can prove that the rules bite. */
@NullMarked
package io.nodejoin.workflows.planted;

import org.jspecify.annotations.NullMarked;
