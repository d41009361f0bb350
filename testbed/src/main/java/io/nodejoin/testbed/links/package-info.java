/** Links between the service and what it needs, which can be broken in several ways and mended. */
@NullMarked
package io.nodejoin.testbed.links;

import org.jspecify.annotations.NullMarked;
