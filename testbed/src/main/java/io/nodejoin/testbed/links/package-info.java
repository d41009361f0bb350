/** Links between the service and its dependencies, into which faults can be injected. */
@NullMarked
package io.nodejoin.testbed.links;

import org.jspecify.annotations.NullMarked;
