/** Code that breaks the rules on purpose, so that a test can prove that the rules bite. */
@NullMarked
package io.nodejoin.workflows.violations;

import org.jspecify.annotations.NullMarked;
