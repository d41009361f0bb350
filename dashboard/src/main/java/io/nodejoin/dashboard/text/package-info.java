/** Numbers, times and addresses as text. */
@NullMarked
package io.nodejoin.dashboard.text;

import org.jspecify.annotations.NullMarked;
