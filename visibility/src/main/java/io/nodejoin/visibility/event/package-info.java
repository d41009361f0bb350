/** What Nodejoin has published on its topics of late, in memory. */
@NullMarked
package io.nodejoin.visibility.event;

import org.jspecify.annotations.NullMarked;
