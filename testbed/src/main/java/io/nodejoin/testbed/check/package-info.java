/** What must hold whatever fails, checked from outside: never by what Nodejoin says of itself. */
@NullMarked
package io.nodejoin.testbed.check;

import org.jspecify.annotations.NullMarked;
