/** A door before the API server, at which calls can be answered otherwise than by it. */
@NullMarked
package io.nodejoin.testbed.apiproxy;

import org.jspecify.annotations.NullMarked;
