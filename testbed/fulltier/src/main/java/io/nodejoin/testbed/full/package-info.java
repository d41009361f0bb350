/** The command {@code testbed/full}: every long check, part by part, and a record of what each has shown. */
@NullMarked
package io.nodejoin.testbed.full;

import org.jspecify.annotations.NullMarked;
