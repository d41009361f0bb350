/** What the templates show. */
@NullMarked
package io.nodejoin.dashboard.page;

import org.jspecify.annotations.NullMarked;
