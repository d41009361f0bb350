/** Virtual time for the tests of all modules. */
@NullMarked
package io.nodejoin.protocol.time;

import org.jspecify.annotations.NullMarked;
