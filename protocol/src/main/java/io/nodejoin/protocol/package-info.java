/** The words that all parts of Nodejoin and its neighbours share: names, phases and error codes. */
@NullMarked
package io.nodejoin.protocol;

import org.jspecify.annotations.NullMarked;
