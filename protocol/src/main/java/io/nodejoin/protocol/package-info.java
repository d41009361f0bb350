/** Types shared by all modules and by clients: names, phases and error codes. */
@NullMarked
package io.nodejoin.protocol;

import org.jspecify.annotations.NullMarked;
